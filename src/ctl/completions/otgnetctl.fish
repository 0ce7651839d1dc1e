# SPDX-FileCopyrightText: The otgnet authors
# SPDX-License-Identifier: GPL-2.0-or-later

# The verb and its arguments so far, without options and their values.
function __otgnetctl_words
    set -l value
    for word in (commandline -opc)
        if test -n "$value"
            set value
            continue
        end
        switch $word
            case -H --host --root
                set value next
            case '-*'
            case '*'
                echo $word
        end
    end | tail -n +2
end

function __otgnetctl_verb_is
    set -l words (__otgnetctl_words)
    contains -- "$words[1]" $argv
end

# Asks the service of this machine; that of another one is not asked behind a person's back.
function __otgnetctl_ask
    string match -qr -- '^(-H|--host)' (commandline -opc)
    or otgnetctl get $argv 2>/dev/null
end

function __otgnetctl_keys
    __otgnetctl_ask --keys
end

# What follows "set": keys with their "=", then the values that such a key can have.
function __otgnetctl_assignments
    set -l key (commandline -ct | string match -r '^[^=]+(?==)')
    if test -n "$key"
        __otgnetctl_ask --choices $key | string replace -r '^' "$key="
    else
        __otgnetctl_keys | string replace -r '$' =
    end
end

set -l no_verb '__otgnetctl_verb_is ""'

complete -c otgnetctl -f
complete -c otgnetctl -l json -d 'JSON instead of text'
complete -c otgnetctl -l no-pager -d 'Do not pipe output into a pager'
complete -c otgnetctl -l no-legend -d 'Tables without header and footer'
complete -c otgnetctl -l ask-password -d 'Let polkit ask for a password'
complete -c otgnetctl -l no-ask-password -d 'Never ask for a password'
complete -c otgnetctl -s H -l host -x -a '(__fish_complete_user_at_hosts)' -d 'Speak with another machine over ssh'
complete -c otgnetctl -l help -d 'Show help'
complete -c otgnetctl -n $no_verb -l version -d 'Show the version'

complete -c otgnetctl -n $no_verb -a status -d 'Show the USB network on one screen'
complete -c otgnetctl -n $no_verb -a enable -d 'Bring the USB network up'
complete -c otgnetctl -n $no_verb -a disable -d 'Take the USB network down'
complete -c otgnetctl -n $no_verb -a replug -d 'Unplug the gadget and plug it in again'
complete -c otgnetctl -n $no_verb -a reload -d 'Read the configuration files again'
complete -c otgnetctl -n $no_verb -a leases -d 'List the addresses that hosts have got'
complete -c otgnetctl -n $no_verb -a get -d 'Show settings and where they come from'
complete -c otgnetctl -n $no_verb -a set -d 'Change settings'
complete -c otgnetctl -n $no_verb -a reset -d 'Take back what was set'
complete -c otgnetctl -n $no_verb -a allow -d 'Open ports, or ping, to the host'
complete -c otgnetctl -n $no_verb -a deny -d 'Close them'
complete -c otgnetctl -n $no_verb -a monitor -d 'Show signals as they come'
complete -c otgnetctl -n $no_verb -a doctor -d 'Say what is missing, and how to mend it'

complete -c otgnetctl -n '__otgnetctl_verb_is get' -l value -d 'Only the values'
complete -c otgnetctl -n '__otgnetctl_verb_is get reset' -a '(__otgnetctl_keys)'
complete -c otgnetctl -n '__otgnetctl_verb_is set' -a '(__otgnetctl_assignments)'
complete -c otgnetctl -n '__otgnetctl_verb_is set reset allow deny' -l persist -d 'Over a restart, too'
complete -c otgnetctl -n '__otgnetctl_verb_is allow deny; and test (count (__otgnetctl_words)) = 1' -a 'tcp udp icmp'
complete -c otgnetctl -n '__otgnetctl_verb_is doctor' -l root -x -a '(__fish_complete_directories)' -d 'Look at the files below a directory only'
