// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/manager_files.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "core/siphash.hpp"
#include "host/nm/profile.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace otgnet::nm {

namespace fs = std::filesystem;

namespace {

constexpr const char* managedConf = "run/NetworkManager/conf.d/90-otgnet.conf";
constexpr const char* dnsmasqDirectory = "etc/NetworkManager/dnsmasq-shared.d";
constexpr const char* dnsmasqFile = "90-otgnet.conf";
/// The second one is where a change of the user's has moved it.
constexpr std::array profileDirectories{"run/NetworkManager/system-connections",
                                        "etc/NetworkManager/system-connections"};
constexpr const char* matchKey = "match-device=interface-name:=";
constexpr mode_t readable = 0644;

bool write(const fs::path& path, const std::string& text) {
    if (readFileIfExists(path) == text)
        return false;
    writeFileAtomic(path, text, readable, ErrorCode::BackendUnavailable);
    return true;
}

bool removeIfThere(const fs::path& path) {
    std::error_code error;
    const bool there = fs::exists(fs::symlink_status(path, error));
    removeFile(path, ErrorCode::BackendUnavailable);
    return there;
}

/// For the files of others, which may be anything.
std::string contentOf(const fs::path& path) {
    try {
        return readFileIfExists(path).value_or("");
    } catch (const Error& e) {
        log::warning(e.what());
        return {};
    }
}

/// The lines with all blanks taken out.
std::vector<std::string> linesOf(const fs::path& path) {
    std::vector<std::string> lines(1);
    for (const char c : contentOf(path)) {
        if (c == '\n')
            lines.emplace_back();
        else if (c != ' ' && c != '\t' && c != '\r')
            lines.back() += c;
    }
    return lines;
}

/// The word between commas, or behind the last '='.
bool hasWord(const std::string& line, const std::string& word) {
    const std::size_t at = line.find(word);
    const auto ends = [&](std::size_t i) { return i >= line.size() || line[i] == ',' || line[i] == '#'; };
    return at != std::string::npos && at > 0 && (line[at - 1] == ',' || line[at - 1] == '=') && ends(at + word.size());
}

/// In the order in which NetworkManager reads them.
std::vector<fs::path> configFiles(const fs::path& root) {
    std::vector<fs::path> files;
    for (const char* directory :
         {"usr/lib/NetworkManager/conf.d", "run/NetworkManager/conf.d", "etc/NetworkManager/conf.d"})
        for (const std::string& name : listDirectory(root / directory))
            if (name.ends_with(".conf"))
                files.push_back(root / directory / name);
    files.push_back(root / "etc/NetworkManager/NetworkManager.conf");
    return files;
}

} // namespace

bool writeManagedConf(const fs::path& root, const IfName& ifname) {
    return write(root / managedConf, "# Written by otgnetd, removed when the USB network goes down.\n"
                                     "[device-otgnet]\n" +
                                         std::string(matchKey) + ifname.text() + "\nmanaged=1\n");
}

std::optional<IfName> managedInterface(const fs::path& root) {
    for (const std::string& line : linesOf(root / managedConf))
        if (line.starts_with(matchKey))
            return IfName::parse(line.substr(std::string_view(matchKey).size()));
    return std::nullopt;
}

bool removeManagedConf(const fs::path& root) {
    return removeIfThere(root / managedConf);
}

void writeDnsmasqConf(const fs::path& root, const std::string& text) {
    const fs::path path = root / dnsmasqDirectory / dnsmasqFile;
    text.empty() ? removeIfThere(path) : write(path, text);
}

std::string dnsmasqFingerprint(const fs::path& root) {
    const auto text = readFileIfExists(root / dnsmasqDirectory / dnsmasqFile);
    return text ? std::to_string(sipHash("", *text)) : "";
}

bool isReservedElsewhere(const fs::path& root, Ipv4 address) {
    const fs::path directory = root / dnsmasqDirectory;
    for (const std::string& name : listDirectory(directory)) {
        const auto lines = name == dnsmasqFile ? std::vector<std::string>() : linesOf(directory / name);
        for (const std::string& line : lines)
            if (line.starts_with("dhcp-host=") && hasWord(line, address.text()))
                return true;
    }
    return false;
}

void removeProfileFiles(const fs::path& root) {
    for (const char* directory : profileDirectories)
        for (const std::string& name : listDirectory(root / directory)) {
            const auto lines = linesOf(root / directory / name);
            if (std::find(lines.begin(), lines.end(), std::string("uuid=") + profileUuid) != lines.end())
                removeFile(root / directory / name, ErrorCode::BackendUnavailable);
        }
}

std::string strictUnmanagedHint(const fs::path& root) {
    for (const fs::path& file : configFiles(root)) {
        const auto lines = linesOf(file);
        for (std::size_t i = 0; i < lines.size(); ++i)
            if (lines[i].starts_with("unmanaged-devices"))
                return ": " + file.string() + ":" + std::to_string(i + 1) +
                       ": unmanaged-devices= may name it, and nothing overrides that; take the interface out of it";
    }
    return {};
}

} // namespace otgnet::nm
