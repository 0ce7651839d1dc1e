// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Notices what others do to the gadgets: kvmd-otg makes and removes its own, kvmd-otgconf relinks and binds it anew.
#pragma once

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "host/udc.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace otgnet {

class ConfigfsWatcher {
public:
    /// `changed` is called when a gadget came or went, was bound or unbound, when links in its c.1 came or went, or
    /// when the place of all gadgets came; for our own doings, too. Throws Failed.
    ConfigfsWatcher(KernelRoots roots, std::function<void()> changed);

    /// To be called when a module was loaded: configfs says nothing of what the kernel itself makes there.
    void compare();

private:
    struct Gadget {
        std::string udc;
        std::vector<FunctionLink> links;
        bool operator==(const Gadget&) const = default;
    };
    using Layout = std::optional<std::map<std::string, Gadget>>; ///< empty: this kernel has no gadgets

    Layout look();
    bool findPlace();
    void watch(const std::filesystem::path& path, std::uint32_t events);
    void onEvent();

    KernelRoots roots_;
    std::function<void()> changed_;
    Fd inotify_;
    Source source_;
    Fd mounts_;
    Source mountSource_;
    Layout layout_;
};

} // namespace otgnet
