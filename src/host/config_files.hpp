// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The configuration files of kvmd and of ours, and the layers they make.
#pragma once

#include "core/effective.hpp"
#include "core/ports.hpp"
#include "host/file_stamps.hpp"

#include <filesystem>

namespace otgnet {

/// Lowest layer first: built-in defaults, /usr/lib/kvmd/main.yaml, /etc/kvmd/override.d/*, /etc/kvmd/override.yaml,
/// /etc/otgnet/otgnet.yaml, /var/lib/otgnet/settings.yaml, runtime. Every file may be missing. kvmd before 4.102 has
/// /etc/kvmd/main.yaml instead, with the overrides in its key "override".
class ConfigFiles : public ConfigPort {
public:
    /// All paths are below `root`. `now` says when a reading begins.
    explicit ConfigFiles(std::filesystem::path root = "/", FileStamps::Time (*now)() = FileStamps::now)
        : root_(std::move(root)), now_(now) {}

    LoadedConfig load(const Settings& runtime) override;
    bool isCurrent() const override;
    LoadedConfig relay(const Settings& runtime, const std::optional<Settings>& settings) override;
    Settings persisted() override;
    std::unique_ptr<Staged> stage(const Settings& settings) override;

private:
    class StagedSettings;
    struct Content {
        Layers layers;
        std::vector<std::string> warnings; ///< of settings.yaml
        FileStamps stamps;
    };

    Content read(const std::optional<Settings>& settings) const;
    LoadedConfig make(Content content);
    std::filesystem::path settingsPath() const { return root_ / "var/lib/otgnet/settings.yaml"; }

    std::filesystem::path root_;
    FileStamps::Time (*now_)();
    std::optional<Content> good_; ///< what was read last and valid, as far as it is ours; without the runtime layer
};

} // namespace otgnet
