# SPDX-FileCopyrightText: The otgnet authors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The .zshrc of an interactive zsh that completes each line of $ASKED at its first prompt and ends. What it offers goes
# to $OFFERED, one a line, behind the line that was asked with a ">" in front.

fpath=($COMPLETIONS $fpath)
autoload -Uz compinit && compinit -D -u
unsetopt auto_menu # each line is a new one

compadd() {
    local -a matches
    if [[ " ${@[1,(i)-(|-)]} " != *' -'[OAD]' '* ]]; then # else it only fills an array
        builtin compadd -A matches "$@"
        print -rl -- $matches >>$OFFERED
    fi
    builtin compadd "$@"
}

zle-line-init() {
    for BUFFER in ${(f)ASKED}; do
        print -r -- ">$BUFFER" >>$OFFERED
        CURSOR=$#BUFFER
        zle complete-word
    done
    exit 0
}
zle -N zle-line-init
