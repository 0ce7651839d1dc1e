# bash completion for otgnetctl(1)                                -*- shell-script -*-
# SPDX-FileCopyrightText: The otgnet authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # _init_completion sets and reads variables

# Asks the service of this machine; that of another one is not asked behind a person's back.
_otgnetctl_ask() {
    [[ $host ]] || otgnetctl get "$@" 2>/dev/null
}

# What follows "set": keys with their "=", then the values that such a key can have.
_otgnetctl_assignment() {
    if [[ $cur == *=* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_otgnetctl_ask --choices "${cur%%=*}")" -- "${cur#*=}")
    else
        mapfile -t COMPREPLY < <(compgen -S = -W "$(_otgnetctl_ask --keys)" -- "$cur")
        compopt -o nospace
    fi
}

_otgnetctl() {
    local cur prev words cword verb="" host="" arguments=0 i
    _init_completion -n =:@ || return

    for ((i = 1; i < cword; i++)); do
        case ${words[i]} in
        -H* | --host*) host=${words[i]} ;;&
        -H | --host | --root) ((++i)) ;; # the next word is its value
        -*) ;;
        *) if [[ $verb ]]; then ((++arguments)); else verb=${words[i]}; fi ;;
        esac
    done

    case $prev in
    -H | --host)
        _known_hosts_real -- "${cur##*@}" # what stands before "@" is another word to readline
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
    get | reset) mapfile -t COMPREPLY < <(compgen -W "$(_otgnetctl_ask --keys)" -- "$cur") ;;
    set) _otgnetctl_assignment ;;
    allow | deny)
        if ((arguments == 0)); then
            mapfile -t COMPREPLY < <(compgen -W "tcp udp icmp" -- "$cur")
        fi
        ;;
    esac
}

complete -F _otgnetctl otgnetctl
