// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Loads the module that speaks with NetworkManager.
#pragma once

#include "host/link_module.hpp"

#include <filesystem>
#include <memory>

namespace otgnet {

/// The port out of the module. BackendUnavailable: it is not installed, or does not work. It stays loaded for good, as
/// the types of GLib that it brings in cannot be taken back.
std::unique_ptr<LinkPort> loadModuleLink(const std::filesystem::path& module, sdbus::IConnection& bus,
                                         LinkListener& listener, const std::filesystem::path& root);

} // namespace otgnet
