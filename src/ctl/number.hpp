// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Numbers as people write them: decimal, and nothing beside them.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace otgnet::ctl {

template<class T>
std::optional<T> number(std::string_view text) {
    T out{};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, out);
    return error == std::errc{} && stop == end ? std::optional{out} : std::nullopt;
}

} // namespace otgnet::ctl
