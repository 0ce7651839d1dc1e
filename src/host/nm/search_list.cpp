// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/search_list.hpp"

#include <algorithm>

namespace otgnet::nm {

namespace {

constexpr std::size_t pointer = 0xc0; // the two upper bits of a length
constexpr std::size_t longestLabel = 63;
constexpr std::size_t longestName = 250;

bool isNameCharacter(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

class Reader {
public:
    explicit Reader(const std::vector<std::uint8_t>& payload) : payload_(payload) {}

    bool atEnd() const { return at_ == payload_.size(); }

    /// Goes on behind the name, which may end with a pointer to the end of an earlier one.
    std::optional<std::string> name() {
        std::string name;
        std::optional<std::size_t> behind;
        for (std::size_t from = at_; from < payload_.size();) {
            const std::size_t length = payload_[from];
            if (length == 0) {
                at_ = behind.value_or(from + 1);
                return name.empty() ? std::nullopt : std::optional(name);
            }
            if (length >= pointer) {
                const std::size_t target =
                    from + 1 < payload_.size() ? (length - pointer) << 8 | payload_[from + 1] : from;
                if (target >= from) // only back, so that there is no circle
                    return std::nullopt;
                behind = behind.value_or(from + 2);
                from = target;
            } else if (append(name, from + 1, length)) {
                from += 1 + length;
            } else {
                return std::nullopt;
            }
        }
        return std::nullopt;
    }

private:
    bool append(std::string& name, std::size_t from, std::size_t length) const {
        if (length > longestLabel || from + length > payload_.size() || name.size() + length > longestName)
            return false;
        const auto begin = payload_.begin() + static_cast<std::ptrdiff_t>(from);
        const std::string label(begin, begin + static_cast<std::ptrdiff_t>(length));
        name += (name.empty() ? "" : ".") + label;
        return std::all_of(label.begin(), label.end(), isNameCharacter);
    }

    const std::vector<std::uint8_t>& payload_;
    std::size_t at_ = 0;
};

} // namespace

std::optional<std::vector<std::string>> parseSearchList(const std::vector<std::uint8_t>& payload) {
    Reader reader(payload);
    std::vector<std::string> names;
    do {
        const auto name = reader.name();
        if (!name)
            return std::nullopt;
        names.push_back(*name);
    } while (!reader.atEnd());
    return names;
}

} // namespace otgnet::nm
