// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// The functions of kvmd's gadget, for one plan: ours, kvmd's own Ethernet in whose place ours comes, and those of
/// others, which only have to be linked as they were. Looks and changes; when it is time for that, SharedGadget knows.
#pragma once

#include "host/gadget_meta.hpp"
#include "host/udc.hpp"

namespace otgnet {

class SharedFunctions {
public:
    SharedFunctions(const KernelRoots& roots, MarkPlace place, GadgetPlan plan);

    const GadgetPlan& plan() const { return plan_; }
    bool exist() const { return gadget_.exists(); } ///< that is, their gadget does
    bool stand() const;                             ///< ours as planned, known as ours, linked and bound
    bool areBound() const { return isBound(roots_, gadget_); }
    bool areComposed() const; ///< nothing has to be linked or unlinked
    bool hasOurs() const { return !ours().empty(); }
    std::string networkDevice() const { return gadget_.networkDevice(plan_.function()); }
    /// Whether ours can be among them. Throws NoController, ControllerBusy, NoEndpoints, KernelSupport.
    void check() const;

    /// Where our marks are goes after otg/meta. Throws ReadOnly.
    void moveMarks() const;
    /// Takes in, from the gadget and from our marks, what it takes to go back. Before each of the following.
    void recall();
    bool areUnfinished() const { return mark_.relinking.has_value(); } ///< somebody was killed who had unbound them

    // The way in. Throw KernelSupport, ReadOnly, and what bindGadget() throws.
    void prepare(); ///< makes ours; what the kernel does not have it refuses here, before the keyboard is touched
    void compose(); ///< off the controller, every function linked anew, ours among them
    bool areTouched() const { return touched_; }
    void bind() const;
    void keep();          ///< the end of the way in
    void discard() const; ///< takes prepare() back

    // The way out, also from a way in that has failed. What goes wrong must not keep the rest from being done.
    bool takeOut(); ///< without ours, and off the controller if that takes it
    void bindAgain() const;
    void forget() const; ///< the end of the way out

private:
    using Names = std::vector<std::string>;

    std::filesystem::path marks() const;
    Names ours() const;
    Names managed() const;
    Names others(const Names& managed) const;
    bool isLinked(const std::string& function) const;
    const ReplacedFunction* replaced(const std::string& function) const;
    bool areAsBefore(const Names& mine) const;
    std::string home() const;
    std::string target() const;

    void makeRoom(const Names& managed) const;
    void build(std::string_view below) const;
    void unlinkAll() const;
    void linkAll(Names names) const;
    void remove(const std::string& function) const;
    void putBack(Names rest) const;
    void dropDescriptors() const;
    void giveToUser() const;

    KernelRoots roots_;
    GadgetDirectory gadget_;
    MarkPlace place_;
    GadgetPlan plan_;
    ShareMark mark_;
    bool made_ = false;    ///< by prepare(): the directory
    bool marked_ = false;  ///< by prepare(): as ours
    bool touched_ = false; ///< others are no more linked as they were
};

} // namespace otgnet
