# For scripts that ask outside programs, to be read with `.`: they have named themselves ($self) and a folder for what is said ($work).

# need COMMAND PACKAGE: installs the package with apt-get when the command is missing and this is root; without it, nothing can be said.
need() {
    command -v "$1" >/dev/null && return
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$2"; } >"$work/apt.log" 2>&1 || true
    fi
    command -v "$1" >/dev/null && return
    echo "$self: \`$1\` is missing and \`apt-get install $2\` was not possible" >&2
    exit 2
}
