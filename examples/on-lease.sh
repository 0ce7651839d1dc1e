#!/bin/sh
# SPDX-FileCopyrightText: The otgnet authors
# SPDX-License-Identifier: GPL-2.0-or-later

# Runs a command for every host that gets a lease, with its address as the argument: on-lease.sh ping -c 3
[ $# -gt 0 ] || { echo "usage: $0 COMMAND..." >&2; exit 2; }

otgnetctl monitor | while read -r _date _time event fields; do
    case $event in
    Service) echo "service: $fields" ;;
    LeaseAdded)
        address=${fields#address=}
        "$@" "${address%% *}" </dev/null
        ;;
    esac
done
