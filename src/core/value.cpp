// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "core/value.hpp"

namespace otgnet {

std::string Place::text() const {
    return line == 0 ? file : file + ':' + std::to_string(line);
}

} // namespace otgnet
