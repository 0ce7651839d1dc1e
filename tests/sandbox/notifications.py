# SPDX-FileCopyrightText: The otgnet authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A notification server that prints what it is told to show."""

from gi.repository import Gio, GLib

NAME = "org.freedesktop.Notifications"
XML = f"""<node><interface name="{NAME}"><method name="Notify">
<arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{{sv}}" direction="in"/>
<arg type="i" direction="in"/><arg type="u" direction="out"/></method></interface></node>"""


def on_call(_bus, _sender, _path, _interface, _method, parameters, invocation):
    print("notification:", *parameters.unpack()[3:5], sep="|", flush=True)
    invocation.return_value(GLib.Variant("(u)", (1,)))


def on_bus(bus, _name):
    bus.register_object("/org/freedesktop/Notifications", Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], on_call)


Gio.bus_own_name(Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, on_bus,
                 lambda *_: print("ready", flush=True), lambda *_: print("name lost", flush=True))
GLib.MainLoop().run()
