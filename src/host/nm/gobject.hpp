// SPDX-FileCopyrightText: The otgnet authors
// SPDX-License-Identifier: GPL-2.0-or-later

/// What GLib counts and frees, as types.
#pragma once

#include <gio/gio.h>

#include <memory>
#include <utility>

namespace otgnet::nm {

struct Unref {
    void operator()(gpointer object) const { g_object_unref(object); }
};
template<class T>
using Ref = std::unique_ptr<T, Unref>;

template<class T>
Ref<T> refer(T* object) {
    return Ref<T>(object == nullptr ? nullptr : static_cast<T*>(g_object_ref(object)));
}

struct UnrefVariant {
    void operator()(GVariant* variant) const { g_variant_unref(variant); }
};
using Variant = std::unique_ptr<GVariant, UnrefVariant>;

/// A handler of a signal; it holds its object, and is not called after its end.
class SignalHandler {
public:
    SignalHandler(gpointer object, gulong id) : object_(refer(static_cast<GObject*>(object))), id_(id) {}
    SignalHandler(SignalHandler&& other) noexcept
        : object_(std::move(other.object_)), id_(std::exchange(other.id_, 0)) {}
    SignalHandler& operator=(SignalHandler&& other) noexcept {
        std::swap(object_, other.object_);
        std::swap(id_, other.id_);
        return *this;
    }
    SignalHandler(const SignalHandler&) = delete;
    SignalHandler& operator=(const SignalHandler&) = delete;
    ~SignalHandler() {
        if (object_)
            g_signal_handler_disconnect(object_.get(), id_);
    }

private:
    Ref<GObject> object_;
    gulong id_;
};

} // namespace otgnet::nm
