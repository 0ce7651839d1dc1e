// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Any bytes as configuration files: the answer is a configuration that can be planned, persisted and read back, or a
/// ConfigError; nothing else, and in bounded time and memory.

#include "core/plan.hpp"
#include "core/python.hpp"
#include "fuzz/root.hpp"
#include "host/config_files.hpp"
#include "host/print_config.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

namespace otgnet {
namespace {

namespace fs = std::filesystem;
using fuzz::require;

/// The input is one file after the other; each begins with a line "%%% etc/kvmd/override.yaml". What stands in front of
/// the first such line is that file too.
void writeFiles(const fs::path& root, std::string_view input) {
    static const std::vector<std::string> names{
        "usr/lib/kvmd/main.yaml", "etc/kvmd/main.yaml", "etc/kvmd/override.d/a",  "etc/kvmd/override.d/b",
        "etc/kvmd/override.yaml", "etc/kvmd/sub.yaml",  "etc/otgnet/otgnet.yaml", "var/lib/otgnet/settings.yaml"};
    std::string name = "etc/kvmd/override.yaml";
    while (true) {
        const std::size_t next = std::min(input.find("%%% "), input.size());
        fs::create_directories((root / name).parent_path());
        std::ofstream(root / name, std::ios::binary) << input.substr(0, next);
        if (next == input.size())
            return;
        input.remove_prefix(next + 4);
        const std::size_t end = std::min(input.find('\n'), input.size());
        const auto known = std::find(names.begin(), names.end(), input.substr(0, end));
        name = known == names.end() ? names[5] : *known; // no file outside of the root
        input.remove_prefix(std::min(end + 1, input.size()));
    }
}

void checkPrinted(const fs::path& root, int expected) {
    std::ostringstream out;
    require(printConfig(root, out) == expected);
    require(nlohmann::json::parse(out.str()).contains(expected == 0 ? "config" : "error"));
}

void checkPersisted(const fs::path& root, const Settings& settings) {
    ConfigFiles files(root);
    files.stage(settings)->commit();
    const Settings back = files.persisted();
    require(back.size() == settings.size());
    for (const auto& [key, value] : settings)
        require(back.at(key) == value || std::holds_alternative<double>(value.data));
}

void load(const fs::path& root) {
    const MachineFacts facts{"0123456789abcdef0123456789abcdef", "1", false, *IfName::parse("usb0")};
    try {
        const LoadedConfig loaded = ConfigFiles(root).load({});
        makePlan(loaded.config, facts);
        require(loaded.warnings.size() < 10'000);
        checkPrinted(root, 0);
        checkPersisted(root, loaded.settings);
    } catch (const ConfigError& error) {
        require(std::string_view(error.what()).size() < 10'000);
        checkPrinted(root, 78);
    }
}

} // namespace
} // namespace otgnet

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const otgnet::fuzz::Root place;
    const auto& root = place.emptied();
    otgnet::writeFiles(root, {reinterpret_cast<const char*>(data), size});
    otgnet::load(root);
    return 0;
}
