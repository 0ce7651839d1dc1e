// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The USB part of the kernel as its file systems show it, in memory: config/usb_gadget, sys/class/udc and the control
/// files of the test. Paths are relative to the mount point. Verbs answer 0 (or a size) or a negative errno, as the
/// kernel 6.1's own operations do.
#pragma once

#include "support/gadget_model.hpp"

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace otgnet::support {

struct Node {
    enum class Kind { directory, attribute, link };
    Kind kind = Kind::directory;
    std::string text{};    ///< of an attribute, or the target of a link
    bool byKernel = false; ///< cannot be removed by hand
    bool readOnly = false;
    unsigned version = 0;    ///< counts sysfs_notify()
    std::uint64_t order = 0; ///< of creation
    uid_t uid = 0;
    gid_t gid = 0;
};

/// What the kernel tells the world besides its answers.
struct Announcements {
    std::function<void(const std::string& path)> notify; ///< an attribute that can be polled has changed
    std::function<void(const std::string& action, const std::string& udc, const std::string& gadget)> uevent;
    std::function<void(const std::string& action, const std::string& name)> module;
    std::function<void(const std::string& name, bool exists)> netdev{}; ///< a network device came or went
};

class KernelModel {
public:
    explicit KernelModel(Announcements announcements);

    const Node* find(const std::string& path) const;
    std::vector<std::string> list(const std::string& directory) const;

    int makeDirectory(const std::string& path);
    int removeDirectory(const std::string& path);
    int makeLink(const std::string& target, const std::string& path);
    int removeLink(const std::string& path);
    int write(const std::string& path, std::string_view text);
    int chown(const std::string& path, uid_t uid, gid_t gid);

    /// The failure that the test has asked for before a changing operation of `process`: 0 = none. `after` = it has
    /// been done.
    int injected(const std::string& operation, pid_t process, bool after);

private:
    struct Failure {
        int countdown = 0;
        std::string how; ///< errno as a number, "kill-before" or "kill-after"
        bool forever = false;
    };

    Node& add(const std::string& path, Node::Kind kind, std::string text = "", bool byKernel = true);
    void addAttributes(const std::string& directory, const std::vector<Template>& templates);
    void removeTree(const std::string& path);
    bool hasOwnChildren(const std::string& path) const;
    bool isLinked(const std::string& path) const;
    Node* attribute(const std::string& path);

    int bind(const std::string& gadget, const std::string& udc);
    int unbind(const std::string& gadget);
    void nameDevices(const std::string& gadget);
    int writeUdc(const std::string& gadget, std::string name);
    int writeControl(const std::string& path, const std::string& text);
    int controlUdc(const std::string& text);
    int controlModule(const std::string& verb);
    void addUdc(const std::string& name, const std::string& driver);
    void removeUdc(const std::string& name);
    void setUdc(const std::string& udc, const std::string& name, const std::string& text, bool notify);
    std::string firstUdc() const;

    Announcements announcements_;
    std::map<std::string, Node> nodes_;
    std::set<std::string> functions_;
    Failure failure_;
    std::uint64_t order_ = 0;
};

} // namespace otgnet::support
