# bash completion for otgnetctl(1)                                -*- shell-script -*-
# SPDX-FileCopyrightText: The otgnet authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # _init_completion sets and reads variables

# What follows "set": keys with their "=", then the values that such a key can have.
_otgnetctl_assignment() {
    if [[ $cur == *=* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(otgnetctl get --choices "${cur%%=*}" 2>/dev/null)" -- "${cur#*=}")
    else
        mapfile -t COMPREPLY < <(compgen -S = -W "$(otgnetctl get --keys 2>/dev/null)" -- "$cur")
        compopt -o nospace
    fi
}

_otgnetctl() {
    local cur prev words cword verb="" word
    _init_completion -n = || return

    for word in "${words[@]:1:cword-1}"; do
        case $word in
        status | enable | disable | replug | reload | leases | get | set | reset | allow | deny | monitor | doctor)
            verb=$word
            break
            ;;
        esac
    done

    case $prev in
    -H | --host)
        _known_hosts_real -- "$cur"
        return
        ;;
    --root)
        _filedir -d
        return
        ;;
    esac

    if [[ $cur == -* ]]; then
        local options="--json --no-pager --no-legend --ask-password --no-ask-password --host --help"
        case $verb in
        "") options+=" --version" ;;
        get) options+=" --value" ;;
        set | reset | allow | deny) options+=" --persist" ;;
        doctor) options+=" --root" ;;
        esac
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        return
    fi

    case $verb in
    "")
        mapfile -t COMPREPLY < <(compgen -W \
            "status enable disable replug reload leases get set reset allow deny monitor doctor" -- "$cur")
        ;;
    get | reset) mapfile -t COMPREPLY < <(compgen -W "$(otgnetctl get --keys 2>/dev/null)" -- "$cur") ;;
    set) _otgnetctl_assignment ;;
    allow | deny)
        if [[ $prev == "$verb" ]]; then
            mapfile -t COMPREPLY < <(compgen -W "tcp udp icmp" -- "$cur")
        fi
        ;;
    esac
}

complete -F _otgnetctl otgnetctl
