# For bash scripts: fetch_wheel REQUIREMENT SHA256 TARGET installs one Python package, alone, of a pinned version and hash, into TARGET.

fetch_wheel() {
    local pinned
    mkdir -p "$3"
    pinned=$3.txt
    echo "$1 --hash=sha256:$2" >"$pinned"
    PIP_ROOT_USER_ACTION=ignore /usr/bin/python3 -m pip install --quiet --disable-pip-version-check --no-deps \
        --only-binary :all: --require-hashes --no-compile --target "$3" -r "$pinned"
    rm -f "$pinned"
}
