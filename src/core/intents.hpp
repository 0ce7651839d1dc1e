// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What the bus may ask of the core, and what the core tells the bus.
#pragma once

#include "core/ports.hpp"
#include "core/status.hpp"

namespace otgnet {

/// Implemented by the controller. Done is called when the outcome is known: null, or the Error for the reply.
class Intents {
public:
    virtual ~Intents() = default;
    virtual void enable(Done done) = 0;
    virtual void disable(Done done) = 0;
    virtual void replug(Done done) = 0;
    virtual void reload(Done done) = 0;
    /// All or nothing. `changes` holds keys as in GetConfig.
    virtual void setConfig(const Settings& changes, bool persist, Done done) = 0;
    virtual void resetConfig(const std::vector<std::string>& keys, bool persist, Done done) = 0;
    virtual const LoadedConfig& config() const = 0;
};

enum class LeaseRemoval { released, expired, stopped };
std::string_view leaseRemovalName(LeaseRemoval reason);

/// Implemented by the bus. Called in the order of the facts; the status comes before the signals that follow from it.
class Face {
public:
    virtual ~Face() = default;
    virtual void show(const Status& status) = 0;
    virtual void hostAttached(const std::string& udc, const std::string& speed) = 0;
    virtual void hostDetached(const std::string& udc, const std::string& reason) = 0;
    virtual void leaseAdded(const LeaseRow& lease) = 0;
    virtual void leaseChanged(const LeaseRow& lease) = 0;
    virtual void leaseRemoved(const LeaseRow& lease, LeaseRemoval reason) = 0;
};

} // namespace otgnet
