// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Notices what others do to the gadgets: kvmd-otg makes and removes its own, kvmd-otgconf relinks and binds it anew.
#pragma once

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "host/udc.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace otgnet {

class ConfigfsWatcher {
public:
    /// `changed` is called when a gadget came or went, was bound or unbound, or when links in its c.1 came or went; for
    /// our own doings, too. Throws Failed.
    ConfigfsWatcher(KernelRoots roots, std::function<void()> changed);

    /// Watches what has come up meanwhile: libcomposite may be loaded late, which nothing announces.
    void arm();

private:
    struct Gadget {
        std::string udc;
        std::vector<FunctionLink> links;
        bool operator==(const Gadget&) const = default;
    };
    using Layout = std::map<std::string, Gadget>;

    Layout look() const;
    void onEvent();

    KernelRoots roots_;
    std::function<void()> changed_;
    Layout layout_;
    Fd inotify_;
    Source source_;
};

} // namespace otgnet
