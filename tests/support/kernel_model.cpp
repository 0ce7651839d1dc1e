// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

#include "support/kernel_model.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <utility>

namespace otgnet::support {

namespace {

const std::string gadgets = "config/usb_gadget";
const std::string controllers = "sys/class/udc";
const std::string devices = "sys/devices/platform";

std::string parent(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string base(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

/// "config/usb_gadget/G/functions" -> {"G", "functions"}; empty outside of usb_gadget.
std::vector<std::string> inGadgets(const std::string& path) {
    std::vector<std::string> parts;
    if (!path.starts_with(gadgets + "/"))
        return parts;
    std::istringstream stream(path.substr(gadgets.size() + 1));
    for (std::string part; std::getline(stream, part, '/');)
        parts.push_back(part);
    return parts;
}

std::string gadgetOf(const std::string& path) {
    const auto parts = inGadgets(path);
    return parts.empty() ? "" : gadgets + "/" + parts[0];
}

/// As the kernel shows it: relative to the link's directory.
std::string relativeTarget(const std::string& target, const std::string& link) {
    std::string up;
    for (std::string at = parent(link); at != "config"; at = parent(at))
        up += "../";
    return up + target.substr(std::string("config/").size());
}

std::string trimmed(std::string_view text) {
    return std::string(text.substr(0, text.find('\n')));
}

} // namespace

KernelModel::KernelModel(Announcements announcements)
    : announcements_(std::move(announcements)), functions_{"ecm", "eem",          "ncm", "rndis",
                                                           "hid", "mass_storage", "acm", "uac2"} {
    for (const char* directory : {"", "config", "config/usb_gadget", "sys", "sys/class", "sys/class/udc", "sys/devices",
                                  "sys/devices/platform", "control"})
        add(directory, Node::Kind::directory);
    for (const char* file : {"udc", "state", "speed", "suspended", "module", "fail", "functions", "operations"})
        add(std::string("control/") + file, Node::Kind::attribute);
}

const Node* KernelModel::find(const std::string& path) const {
    const auto it = nodes_.find(path);
    return it == nodes_.end() ? nullptr : &it->second;
}

/// Youngest first, as configfs does it.
std::vector<std::string> KernelModel::list(const std::string& directory) const {
    std::map<std::uint64_t, std::string, std::greater<>> names;
    for (const auto& [path, node] : nodes_)
        if (!path.empty() && parent(path) == directory)
            names[node.order] = base(path);
    std::vector<std::string> result;
    for (const auto& [order, name] : names)
        result.push_back(name);
    return result;
}

Node& KernelModel::add(const std::string& path, Node::Kind kind, std::string text, bool byKernel) {
    Node& node = nodes_[path];
    node = Node{.kind = kind, .text = std::move(text), .byKernel = byKernel, .order = ++order_};
    return node;
}

void KernelModel::addAttributes(const std::string& directory, const std::vector<Template>& templates) {
    for (const Template& t : templates)
        if (t.path.ends_with('/'))
            add(directory + "/" + t.path.substr(0, t.path.size() - 1), Node::Kind::directory);
        else
            add(directory + "/" + t.path, Node::Kind::attribute, t.text);
}

void KernelModel::removeTree(const std::string& path) {
    std::erase_if(nodes_,
                  [&](const auto& entry) { return entry.first == path || entry.first.starts_with(path + "/"); });
}

bool KernelModel::hasOwnChildren(const std::string& path) const {
    for (const auto& [other, node] : nodes_)
        if (other.starts_with(path + "/") && !node.byKernel)
            return true;
    return false;
}

bool KernelModel::isLinked(const std::string& path) const {
    for (const auto& [other, node] : nodes_)
        if (node.kind == Node::Kind::link && gadgetOf(other) == gadgetOf(path) &&
            relativeTarget(path, other) == node.text)
            return true;
    return false;
}

Node* KernelModel::attribute(const std::string& path) {
    const auto it = nodes_.find(path);
    return it == nodes_.end() || it->second.kind != Node::Kind::attribute ? nullptr : &it->second;
}

int KernelModel::makeDirectory(const std::string& path) {
    if (find(path))
        return -EEXIST;
    if (!find(parent(path)))
        return -ENOENT;
    const auto parts = inGadgets(path);
    const std::string name = base(path);
    std::vector<Template> content;
    if (parts.size() == 1) {
        content = gadgetTemplate();
    } else if (parts.size() == 3 && parts[1] == "functions") {
        const std::string type = name.substr(0, name.find('.'));
        const auto known = functionTemplate(type);
        if (name.find('.') == std::string::npos)
            return -EINVAL;
        if (!known || functions_.count(type) == 0)
            return -ENOENT;
        content = *known;
    } else if (parts.size() == 3 && parts[1] == "configs") {
        if (name.find('.') == std::string::npos)
            return -EINVAL;
        content = configTemplate();
    } else if (parts.size() == 3 && parts[1] == "strings") {
        content = stringsTemplate(false);
    } else if (parts.size() == 5 && parts[1] == "configs" && parts[3] == "strings") {
        content = stringsTemplate(true);
    } else {
        return -EPERM;
    }
    add(path, Node::Kind::directory, "", false);
    addAttributes(path, content);
    return 0;
}

int KernelModel::removeDirectory(const std::string& path) {
    const Node* node = find(path);
    if (!node)
        return -ENOENT;
    if (node->kind != Node::Kind::directory)
        return -ENOTDIR;
    if (node->byKernel)
        return -EPERM;
    if (hasOwnChildren(path))
        return -ENOTEMPTY;
    if (isLinked(path))
        return -EBUSY;
    const Node* device = find(path + "/ifname");
    if (device != nullptr && device->text.starts_with("usb") && announcements_.netdev)
        announcements_.netdev(trimmed(device->text), false);
    removeTree(path);
    return 0;
}

int KernelModel::makeLink(const std::string& target, const std::string& path) {
    const auto from = target.rfind("/usb_gadget/"); // the kernel looks the target up: any way to our mount is right
    const std::string wanted = from == std::string::npos ? "" : "config" + target.substr(from);
    const auto parts = inGadgets(path);
    if (find(path))
        return -EEXIST;
    const bool config = parts.size() == 4 && parts[1] == "configs";
    const bool descriptors = parts.size() == 3 && parts[1] == "os_desc";
    if (!config && !descriptors)
        return -EPERM;
    if (!find(wanted))
        return -ENOENT;
    const auto source = inGadgets(wanted);
    if (source.size() != 3 || source[0] != parts[0] || source[1] != (config ? "functions" : "configs"))
        return -EINVAL;
    if (config && trimmed(attribute(gadgetOf(path) + "/UDC")->text) != "")
        return -EINVAL;
    if (config && isLinked(wanted))
        return -EEXIST;
    if (descriptors && hasOwnChildren(parent(path)))
        return -EBUSY;
    add(path, Node::Kind::link, relativeTarget(wanted, path), false);
    return 0;
}

int KernelModel::removeLink(const std::string& path) {
    const Node* node = find(path);
    if (!node)
        return -ENOENT;
    if (node->kind != Node::Kind::link || node->byKernel)
        return -EPERM;
    unbind(gadgetOf(path)); // the kernel lets go of the controller by itself
    nodes_.erase(path);
    return 0;
}

int KernelModel::write(const std::string& path, std::string_view text) {
    Node* node = attribute(path);
    if (!node || node->readOnly)
        return -EACCES;
    if (path.starts_with("control/"))
        return writeControl(path, trimmed(text));
    if (inGadgets(path).size() == 2 && path.ends_with("/UDC"))
        return writeUdc(gadgetOf(path), trimmed(text));
    const auto parts = inGadgets(path);
    const bool ofFunction = parts.size() == 4 && parts[1] == "functions";
    if (ofFunction && isNetwork(parts[2].substr(0, parts[2].find('.'))) && isLinked(parent(path)))
        return -EBUSY;
    const auto value = stored(path, text);
    if (!value)
        return -EINVAL;
    node->text = *value;
    return 0;
}

int KernelModel::chown(const std::string& path, uid_t uid, gid_t gid) {
    const auto it = nodes_.find(path);
    if (it == nodes_.end())
        return -ENOENT;
    if (uid != static_cast<uid_t>(-1))
        it->second.uid = uid;
    if (gid != static_cast<gid_t>(-1))
        it->second.gid = gid;
    return 0;
}

int KernelModel::writeUdc(const std::string& gadget, std::string name) {
    if (name.empty() || name == "none")
        return unbind(gadget);
    return bind(gadget, name);
}

int KernelModel::bind(const std::string& gadget, const std::string& udc) {
    Node* own = attribute(gadget + "/UDC");
    if (trimmed(own->text) != "")
        return -EBUSY;
    const Node* function = attribute(devices + "/" + udc + "/udc/" + udc + "/function");
    if (!function)
        return -ENODEV;
    if (trimmed(function->text) != "")
        return -EBUSY;
    const auto configs = list(gadget + "/configs");
    if (configs.empty())
        return -EINVAL;
    for (const std::string& config : configs)
        if (!hasOwnChildren(gadget + "/configs/" + config))
            return -EINVAL;
    own->text = udc + "\n";
    setUdc(udc, "function", base(gadget), false);
    add(devices + "/" + udc + "/gadget.0/suspended", Node::Kind::attribute, "0\n").readOnly = true;
    add(devices + "/" + udc + "/gadget.0/driver", Node::Kind::link, "../../../../bus/gadget/drivers/configfs-gadget");
    nameDevices(gadget);
    announcements_.uevent("change", udc, base(gadget));
    return 0;
}

int KernelModel::unbind(const std::string& gadget) {
    Node* own = attribute(gadget + "/UDC");
    const std::string udc = own ? trimmed(own->text) : "";
    if (udc.empty())
        return -ENODEV;
    own->text = "\n";
    setUdc(udc, "function", "", false);
    for (const char* name : {"suspended", "driver"})
        nodes_.erase(devices + "/" + udc + "/gadget.0/" + name);
    announcements_.uevent("change", udc, "");
    return 0;
}

/// A linked network function has its device from the first bind on.
void KernelModel::nameDevices(const std::string& gadget) {
    unsigned number = 0;
    for (auto& [path, node] : nodes_) {
        const bool named = path.starts_with(gadget + "/functions/") && path.ends_with("/ifname");
        if (!named || !isLinked(parent(path)))
            continue;
        const std::string name = "usb" + std::to_string(number++);
        if (std::exchange(node.text, name + "\n") != name + "\n" && announcements_.netdev)
            announcements_.netdev(name, true);
    }
}

std::string KernelModel::firstUdc() const {
    const auto names = list(controllers);
    return names.empty() ? "" : *std::min_element(names.begin(), names.end());
}

void KernelModel::setUdc(const std::string& udc, const std::string& name, const std::string& text, bool notify) {
    const std::string path = devices + "/" + udc + "/udc/" + udc + "/" + name;
    Node* node = attribute(path);
    if (!node)
        return;
    node->text = text.empty() ? "" : text + "\n";
    ++node->version;
    if (notify)
        announcements_.notify(path);
}

void KernelModel::addUdc(const std::string& name, const std::string& driver) {
    const std::string device = devices + "/" + name;
    const std::string udc = device + "/udc/" + name;
    for (const std::string& directory : {device, device + "/udc", udc, device + "/gadget.0"})
        add(directory, Node::Kind::directory);
    add(device + "/driver", Node::Kind::link, "../../../bus/platform/drivers/" + driver);
    add(udc + "/device", Node::Kind::link, "../../../" + name);
    for (const auto& [file, text] : std::map<std::string, std::string>{
             {"state", "not attached\n"}, {"current_speed", "UNKNOWN\n"}, {"function", ""}, {"uevent", ""}})
        add(udc + "/" + file, Node::Kind::attribute, text).readOnly = true;
    add(controllers + "/" + name, Node::Kind::link, "../../devices/platform/" + name + "/udc/" + name);
    announcements_.uevent("add", name, "");
}

void KernelModel::removeUdc(const std::string& name) {
    for (const std::string& gadget : list(gadgets))
        if (trimmed(attribute(gadgets + "/" + gadget + "/UDC")->text) == name)
            unbind(gadgets + "/" + gadget);
    const std::string state = devices + "/" + name + "/udc/" + name + "/state";
    removeTree(devices + "/" + name);
    nodes_.erase(controllers + "/" + name);
    announcements_.notify(state);
    announcements_.uevent("remove", name, "");
}

int KernelModel::controlUdc(const std::string& text) {
    std::istringstream words(text);
    std::string verb, name, driver = "dummy_udc";
    words >> verb >> name >> driver;
    if (driver.empty())
        driver = "dummy_udc";
    if (verb == "add" && !name.empty())
        addUdc(name, driver);
    else if (verb == "remove")
        removeUdc(name);
    else
        return -EINVAL;
    return 0;
}

int KernelModel::controlModule(const std::string& verb) {
    if (verb == "load")
        add(gadgets, Node::Kind::directory);
    else if (verb == "unload" && !hasOwnChildren(gadgets))
        removeTree(gadgets);
    else
        return -EINVAL;
    announcements_.module(verb == "load" ? "add" : "remove", "libcomposite");
    return 0;
}

int KernelModel::writeControl(const std::string& path, const std::string& text) {
    const std::string name = base(path);
    std::istringstream words(text);
    if (name == "udc")
        return controlUdc(text);
    if (name == "module")
        return controlModule(text);
    if (name == "functions") {
        functions_.clear();
        for (std::string type; words >> type;)
            functions_.insert(type);
    } else if (name == "fail") {
        std::string forever;
        failure_ = {};
        words >> failure_.countdown >> failure_.how >> forever;
        failure_.forever = !forever.empty();
    } else if (name == "state") {
        setUdc(firstUdc(), "state", text, true);
    } else if (name == "speed") {
        setUdc(firstUdc(), "current_speed", text, false);
    } else if (name == "suspended") {
        if (Node* node = attribute(devices + "/" + firstUdc() + "/gadget.0/suspended"))
            node->text = text + "\n";
    } else if (name == "operations") {
        attribute(path)->text.clear();
    }
    return 0;
}

int KernelModel::injected(const std::string& operation, pid_t process, bool after) {
    if (after) {
        attribute("control/operations")->text += operation + "\n";
        if (failure_.countdown == 1 && failure_.how == "kill-after")
            ::kill(process, SIGKILL);
        if (failure_.countdown > 1 || failure_.how == "kill-after")
            --failure_.countdown;
        return 0;
    }
    if (failure_.countdown != 1 || failure_.how == "kill-after")
        return 0;
    if (!failure_.forever)
        failure_.countdown = 0;
    if (failure_.how == "kill-before") {
        ::kill(process, SIGKILL);
        return -EINTR;
    }
    return -std::atoi(failure_.how.c_str());
}

} // namespace otgnet::support
