// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// Who says whether a caller may.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <string>

namespace otgnet {

struct Question {
    std::string caller;                         ///< unique bus name
    std::string action;                         ///< polkit action
    std::map<std::string, std::string> details; ///< for polkit's rules and for the text that a person sees
    bool interactive = false;                   ///< whether a person may be asked
};

/// null = yes, else NotAuthorized, InteractionRequired or Busy.
using Answer = std::function<void(std::exception_ptr refusal)>;

class Authority {
public:
    virtual ~Authority() = default;
    /// Answers exactly once, perhaps before it returns. Throws Busy when this caller asks too much.
    virtual void authorize(Question question, Answer answer) = 0;
};

} // namespace otgnet
