// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/module_link.hpp"

#include <dlfcn.h>

namespace otgnet {

namespace {

std::string lastLoaderError() {
    const char* text = ::dlerror();
    return text == nullptr ? "unknown error" : text;
}

} // namespace

std::unique_ptr<LinkPort> loadModuleLink(const std::filesystem::path& module, sdbus::IConnection& bus,
                                         LinkListener& listener, const std::filesystem::path& root) {
    if (!std::filesystem::exists(module))
        throw Error(ErrorCode::BackendUnavailable, "NetworkManager is to publish the link, but " + module.string() +
                                                       " is not there: install the package otgnet-networkmanager");
    void* library = ::dlopen(module.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr)
        throw Error(ErrorCode::BackendUnavailable, "cannot load " + lastLoaderError());
    auto* entry = reinterpret_cast<LinkModuleEntry*>(::dlsym(library, linkModuleSymbol));
    if (entry == nullptr)
        throw Error(ErrorCode::BackendUnavailable, "not our module: " + lastLoaderError());
    std::unique_ptr<LinkPort> link(entry(&bus, &listener, root.c_str()));
    if (!link)
        throw Error(ErrorCode::BackendUnavailable,
                    "the module for NetworkManager does not work: see journalctl -u otgnetd");
    return link;
}

} // namespace otgnet
