// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// One run of otgnetctl: options, connection, output.
#pragma once

#include "ctl/options.hpp"
#include "ctl/service.hpp"
#include "ctl/terminal.hpp"

#include <functional>
#include <memory>

namespace otgnet::ctl {

class Session {
public:
    explicit Session(Options options);

    const Options& options() const { return options_; }
    const Style& style() const { return style_; }
    /// Connects at the first call. Throws sdbus::Error.
    sdbus::IConnection& bus();
    Service& service(); ///< the first call starts it if it does not run
    /// For who only looks: throws sdbus::Error if it does not run.
    Service& runningService();
    /// Every key with its value. Throws Error with the service's reason if it could load no configuration.
    Json settings();

    /// Runs a call that may need a password, with an agent for it on the terminal.
    void authorized(const std::function<void(Service&)>& call);

    void print(const std::string& text) const; ///< for people, through the pager
    void print(const Json& value) const;       ///< for programs, one document

private:
    Options options_;
    Style style_;
    std::unique_ptr<sdbus::IConnection> bus_;
    std::unique_ptr<Service> service_;
};

} // namespace otgnet::ctl
