# For bash scripts: install_packages LIST... sees to it that every Debian package of the lists is installed.
# A list line is `package why`, or `package:command why` where any program of that name will do as well.
# NO_INSTALL=1 only says what is missing. Says what it installs and why; asks nobody when all is there.

missing_packages() {
    local package why command wanted=()
    while read -r package why; do
        [[ -z $package || $package == \#* ]] && continue
        if [[ $package == *:* ]]; then
            command=${package#*:}
            command -v "$command" >/dev/null && continue
        fi
        wanted+=("${package%%:*}")
    done < <(cat "$@")
    # One question for all of them: dpkg-query takes 20 ms each time.
    dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
        awk '$2 == "installed" { print $1 }' | sort -u |
        comm -13 - <(printf '%s\n' "${wanted[@]}" | sort -u)
}

install_packages() {
    local missing as_root=() line
    if ! command -v dpkg-query >/dev/null; then
        echo "${0##*/}: this is no Debian, so nothing is installed by itself; the packages of $* are needed" >&2
        return 0
    fi
    mapfile -t missing < <(missing_packages "$@")
    [[ ${#missing[@]} -eq 0 ]] && return 0
    echo "${0##*/}: needs ${#missing[@]} Debian packages that are not installed:" >&2
    for line in "${missing[@]}"; do
        grep -hE "^$line(:[^ ]+)? " "$@" | head -n 1 | sed 's/^/  /' >&2
    done
    [[ $(id -u) -eq 0 ]] || as_root=(sudo)
    local install=("${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}")
    if [[ -n ${NO_INSTALL:-} ]]; then
        echo "${0##*/}: --no-install was given; install them with: ${install[*]}" >&2
        return 1
    fi
    if [[ $(id -u) -ne 0 ]] && ! command -v sudo >/dev/null; then
        echo "${0##*/}: not root, and there is no sudo; as root: ${install[*]:1}" >&2
        return 1
    fi
    echo "${0##*/}: ${install[*]}" >&2
    # Without the lists of packages an install finds nothing; where they cannot be had, those at hand may do.
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q update || true
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "${install[@]:${#as_root[@]}}"
}
