# SPDX-FileCopyrightText: The otgnet authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the scripts share: progress, the cache, packages of Debian, and roots of other Debian releases. Sourced, not run.

set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/otgnet
releases=(bookworm trixie)

# --- progress ------------------------------------------------------------------------------------------------------

# Every line of progress goes to stderr with the seconds since the first script started; stdout is for results.
export OTGNET_STARTED=${OTGNET_STARTED:-$(date +%s)}
say() { printf '[%4d s] %s\n' "$(($(date +%s) - OTGNET_STARTED))" "$*" >&2; }
die() {
	say "error: $*"
	exit 1
}

# quietly LOG CMD...: keeps the output in LOG and shows its end only if CMD fails.
quietly() {
	local log=$1 rc=0
	shift
	mkdir -p "$(dirname "$log")"
	"$@" </dev/null >"$log" 2>&1 & # in the background, where "set -e" holds inside of a function, too
	wait $! || rc=$?
	((rc == 0)) && return
	tail -n 60 "$log" >&2
	die "'$1' failed ($rc); all of its output: $log"
}

# --- this machine --------------------------------------------------------------------------------------------------

as_root() { if ((EUID == 0)); then "$@"; else sudo -- "$@"; fi; }

running_release() { (. /etc/os-release && echo "${VERSION_CODENAME:-unknown}"); }

check_release() {
	[[ " ${releases[*]} " == *" $1 "* ]] || die "unknown release '$1': choose one of ${releases[*]}"
}

# Names in a list, one a line; '#' begins a comment.
list() { sed -e 's/#.*//' -e '/^\s*$/d' "$project/scripts/needs/$1"; }

missing_packages() {
	local name
	for name; do
		dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || echo "$name"
	done
}

# Without recommended packages: systemd recommends systemd-resolved, which takes over /etc/resolv.conf.
apt_install() {
	local log=$cache/log/apt.log
	quietly "$log" as_root apt-get -q update
	quietly "$log" as_root env DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "$@"
}

# need LIST...: installs what is missing of lists in scripts/needs.
need() {
	local name names=() missing
	for name; do mapfile -t -O "${#names[@]}" names < <(list "$name"); done
	mapfile -t missing < <(missing_packages "${names[@]}")
	((${#missing[@]} == 0)) && return
	say "installing ${missing[*]}"
	apt_install "${missing[@]}"
}

# Where apt gets this machine's main archive from, however its sources are written.
mirror() {
	local found
	found=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
		awk -v release="$(running_release)" '$1 == release { print $2; exit }')
	[[ $found ]] || die "apt has no source for $(running_release): add one, so that other releases can be had from it"
	echo "$found"
}

# --- cache ---------------------------------------------------------------------------------------------------------

# fingerprint PATH...: of these files' content and of standard input.
fingerprint() {
	{ (cd "$project" && find "$@" -type f -print0 | sort -z | xargs -0 -r sha256sum) && cat; } | sha256sum | cut -c1-12
}

# One builder at a time for a name; the lock goes with the shell that took it.
lock() {
	mkdir -p "$cache/lock"
	exec {lock_fd}>"$cache/lock/$1"
	flock "$lock_fd"
}

# drop_stale PREFIX KEY: removes what older recipes have left.
drop_stale() {
	local old
	for old in "$cache/$1"-*; do
		[[ -e $old && $old != "$cache/$1-$2" ]] && as_root rm -rf --one-file-system "$old"
	done
	return 0
}

# --- roots of Debian releases --------------------------------------------------------------------------------------

# bootstrap RELEASE DIR OPTIONS...: an mmdebstrap root without documentation.
bootstrap() {
	local release=$1 dir=$2
	shift 2
	as_root mmdebstrap --mode=root --variant=apt --format=directory \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
		"$@" "$release" "$dir" "$(mirror)"
}

# build_root RELEASE: prints the root that builds and tests for RELEASE: "/" or a cached one.
build_root() {
	local release=$1 key dir
	[[ $release == "$(running_release)" ]] && { echo /; return; }
	key=$({ declare -f bootstrap build_root; } | fingerprint packaging/debian/control scripts/needs/sandbox)
	dir=$cache/root-$release-$key
	(
		lock "root-$release"
		[[ -d $dir ]] && exit
		drop_stale "root-$release" "$key"
		say "making the build root of $release (once, some minutes)"
		quietly "$cache/log/root-$release.log" bootstrap "$release" "$dir.part" \
			--include="$(list sandbox | paste -sd,),ccache" \
			--customize-hook="mkdir \"\$1/otgnet\" && cp -r '$project/packaging/debian' \"\$1/otgnet/debian\"" \
			--customize-hook='chroot "$1" apt-get -qy build-dep --no-install-recommends /otgnet' \
			--customize-hook='chroot "$1" apt-get clean'
		as_root mv "$dir.part" "$dir"
	)
	echo "$dir"
}

# in_root ROOT CMD...: runs CMD with ROOT as its root and with the cache at its usual place.
in_root() {
	local root=$1
	shift
	if [[ $root == / ]]; then "$@"; else
		as_root unshare --mount --pid --fork --kill-child --propagation private \
			"$project/scripts/enter" "$root" "$cache" "$PWD" "$@"
	fi
}
