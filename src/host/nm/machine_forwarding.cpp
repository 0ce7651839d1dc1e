// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "host/nm/machine_forwarding.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "host/nm/dnsmasq_process.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <sstream>

namespace otgnet::nm {

namespace fs = std::filesystem;

namespace {

constexpr const char* foundFile = "run/otgnet/ip_forward.found"; // it was off
constexpr const char* noteFile = "run/otgnet/ip_forward";        // and then the connection was activated
constexpr const char* interfaces =
    "proc/sys/net/ipv4/conf"; // its "all" is ip_forward, and the sandbox lets us write it

fs::path forwardingOf(const fs::path& root, const std::string& ifname) {
    return root / interfaces / ifname / "forwarding";
}

bool forwards(const fs::path& root, const std::string& ifname) {
    return readAttribute(forwardingOf(root, ifname)) == "1";
}

bool hasBridge(const fs::path& root) {
    const auto links = listDirectory(root / "sys/class/net");
    return std::any_of(links.begin(), links.end(), [&](const std::string& name) {
        std::error_code error;
        return fs::exists(root / "sys/class/net" / name / "bridge", error);
    });
}

/// The kernel switches it off for each interface, too.
void switchOff(const fs::path& root, const std::string& exceptions) {
    log::info("switching net.ipv4.ip_forward off again, which NetworkManager has left on");
    writeAttribute(forwardingOf(root, "all"), "0", ErrorCode::BackendUnavailable);
    const auto known = listDirectory(root / interfaces);
    std::istringstream names(exceptions);
    for (std::string name; names >> name;)
        if (std::binary_search(known.begin(), known.end(), name))
            writeAttribute(forwardingOf(root, name), "1", ErrorCode::BackendUnavailable);
}

} // namespace

void noteForwarding(const fs::path& root) {
    if (fs::exists(root / noteFile))
        return;
    if (forwards(root, "all")) // by somebody else, also where it was noted as off
        return removeFile(root / foundFile, ErrorCode::BackendUnavailable);
    std::string exceptions;
    for (const std::string& name : listDirectory(root / interfaces))
        if (forwards(root, name))
            exceptions += name + '\n';
    writeFileAtomic(root / foundFile, exceptions, 0644, ErrorCode::BackendUnavailable);
}

void noteActivation(const fs::path& root) {
    if (::rename((root / foundFile).c_str(), (root / noteFile).c_str()) != 0 && errno != ENOENT)
        throw systemError(ErrorCode::BackendUnavailable, "cannot rename " + (root / foundFile).string(), errno);
}

void giveForwardingBack(const fs::path& root, const std::optional<IfName>& ifname) {
    removeFile(root / foundFile, ErrorCode::BackendUnavailable);
    const auto exceptions = readFileIfExists(root / noteFile);
    if (!exceptions)
        return;
    if (forwards(root, "all") && !hasBridge(root) && !dnsmasqServesOthers(root, ifname))
        switchOff(root, *exceptions);
    removeFile(root / noteFile, ErrorCode::BackendUnavailable);
}

} // namespace otgnet::nm
