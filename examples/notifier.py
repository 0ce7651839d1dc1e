#!/usr/bin/python3
# SPDX-FileCopyrightText: The otgnet authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows a desktop notification when a computer comes to, or leaves, the other end of the cable. Needs python3-gi."""

from gi.repository import Gio, GLib

desktop = Gio.bus_get_sync(Gio.BusType.SESSION)  # to keep: what it has not sent yet dies with it


def notify(title, body):
    # A notification's body is markup, and a host may call itself what it likes.
    arguments = ("otgnet", 0, "network-wired", title, GLib.markup_escape_text(body), [], {}, -1)
    desktop.call("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications",
                 "Notify", GLib.Variant("(susssasa{sv}i)", arguments), None, Gio.DBusCallFlags.NONE, -1, None, None)


def on_signal(_proxy, _sender, name, parameters):
    values = parameters.unpack()
    if name == "LeaseAdded":
        address, mac, hostname, _expiry = values
        notify("Computer on the USB port", f"{hostname or mac} is at {address}")
    elif name == "HostDetached":
        notify("USB port", f"The computer is gone: {values[1]}")


# The proxy is there when it knows who the service is: no signal is lost after this.
service = Gio.DBusProxy.new_for_bus_sync(Gio.BusType.SYSTEM, Gio.DBusProxyFlags.NONE, None, "org.pikvm.OtgNet",
                                         "/org/pikvm/OtgNet", "org.pikvm.OtgNet1", None)
service.connect("g-signal", on_signal)
print("listening", flush=True)
GLib.MainLoop().run()
