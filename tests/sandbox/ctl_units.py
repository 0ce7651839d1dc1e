# SPDX-FileCopyrightText: The otgnet authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A systemd that has started one unit: ctl_units.py UNIT"""

import sys

from gi.repository import Gio, GLib

NAME = "org.freedesktop.systemd1"
PATH = "/org/freedesktop/systemd1"
MANAGER, UNIT = Gio.DBusNodeInfo.new_for_xml(f"""<node>
<interface name="{NAME}.Manager">
<method name="GetUnit"><arg type="s" direction="in"/><arg type="o" direction="out"/></method></interface>
<interface name="{NAME}.Unit"><property name="ActiveState" type="s" access="read"/></interface></node>""").interfaces


def get_unit(_bus, _sender, _path, _interface, _method, parameters, invocation):
    if parameters.unpack()[0] == sys.argv[1]:
        invocation.return_value(GLib.Variant("(o)", (PATH + "/unit/one",)))
    else:
        invocation.return_dbus_error(NAME + ".NoSuchUnit", "it is not loaded")


def on_bus(bus, _name):
    bus.register_object(PATH, MANAGER, get_unit)
    bus.register_object(PATH + "/unit/one", UNIT, None, lambda *_: GLib.Variant("s", "active"))


Gio.bus_own_name(Gio.BusType.SYSTEM, NAME, Gio.BusNameOwnerFlags.NONE, on_bus,
                 lambda *_: print("ready", flush=True), lambda *_: print("name lost", flush=True))
GLib.MainLoop().run()
