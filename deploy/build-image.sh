#!/usr/bin/env bash
# Build the image of the Dockerfile and try it, without Docker: deploy/build-image.sh WHEELS [ARCHIVE]
#
# WHEELS is the folder that `make wheels` fills: nothing else is installed into the image. The image
# is written to ARCHIVE, for `docker load`. Needs root on Debian: buildah runs each step in a chroot,
# on a base from mmdebstrap where that of the Dockerfile cannot be had. The image is started as an
# engine would start it, in a network of its own, asked and stopped.
set -euo pipefail

wheels=$(realpath "$1")
archive=${2:-}
root=$(realpath "$(dirname "$0")/..")
# The release whose Python is that of the wheels.
release=${RELEASE:-bookworm}
work=$(mktemp --directory --tmpdir="${TMPDIR:-/var/tmp}" dabiao-image-XXXXXX)
export TMPDIR=$work
server=

clean() {
    [ -z "$server" ] || kill -KILL -- "-$server" 2>/dev/null || true
    buildah rm --all >/dev/null 2>&1 || true
    rm -rf "$work"
}

fail() {
    tail -20 "$work/log" >&2 || true
    echo "$1" >&2
    exit 1
}

install_tools() {
    local wanted=()
    for each in buildah:buildah mmdebstrap:mmdebstrap ip:iproute2; do
        command -v "${each%:*}" >/dev/null || wanted+=("${each#*:}")
    done
    [ ${#wanted[@]} = 0 ] || { apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install --yes --no-install-recommends "${wanted[@]}"; } >"$work/log" 2>&1 ||
        fail "These packages of Debian are needed: ${wanted[*]}."
}

# The base of the Dockerfile, or one with the same commands.
make_base() {
    base=$(sed -n 's/^ARG BASE=//p' "$root/Dockerfile")
    if timeout 60 buildah pull --quiet "docker.io/library/$base" >/dev/null 2>&1; then
        echo "base: $base"
        return
    fi
    echo "base: Debian $release, because $base cannot be pulled"
    base=localhost/dabiao-base
    # Nothing is left of it after a power cut in any case, so it need not wait for the disk.
    timeout 600 mmdebstrap --quiet --variant=minbase --dpkgopt=force-unsafe-io \
        --include=python3,python3-venv,python-is-python3,ca-certificates \
        "$release" "$work/base.tar" >"$work/log" 2>&1 || fail "The base could not be made."
    local container
    container=$(buildah from scratch)
    buildah add --quiet "$container" "$work/base.tar" / >/dev/null
    buildah commit --quiet "$container" "$base" >/dev/null
    buildah rm "$container" >/dev/null
    rm "$work/base.tar"
}

build() {
    printf '[global]\nno-index = true\nfind-links = /wheels\n' >"$work/pip.conf"
    timeout 900 buildah build --isolation chroot --format docker --pull-never \
        --build-arg "BASE=$base" --volume "$wheels:/wheels:ro" \
        --volume "$work/pip.conf:/etc/pip.conf:ro" --tag dabiao "$root" >"$work/log" 2>&1 ||
        fail "The image could not be built."
    echo "built: $(buildah images --format '{{.Size}}' localhost/dabiao)"
}

# What the image's configuration says under a name, each word on a line.
configured() {
    buildah inspect --type image localhost/dabiao | python3 -c '
import json, sys
found = json.load(sys.stdin)["Docker"]["config"][sys.argv[1]]
found = found["Test"][1:] if sys.argv[1] == "Healthcheck" else found
print(*([found] if isinstance(found, str) else found), sep="\n")' "$1"
}

start() {
    mapfile -t command < <(configured Cmd)
    mapfile -t health < <(configured Healthcheck)
    container=$(buildah from --pull-never localhost/dabiao)
    setsid unshare --net sh -c 'ip link set lo up && exec "$@"' start \
        buildah run --isolation chroot "$container" -- "${command[@]}" >"$work/log" 2>&1 &
    server=$!
    for _ in $(seq 120); do
        kill -0 "$server" 2>/dev/null || fail "The server has ended."
        ! timeout 30 nsenter --net="/proc/$server/ns/net" \
            buildah run --isolation chroot "$container" -- "${health[@]}" >/dev/null 2>&1 || return 0
        sleep 0.5
    done
    fail "The health check of the image has not passed within a minute."
}

# An answer's status, its media type and how long it is.
ask() {
    echo "$1: $(nsenter --net="/proc/$server/ns/net" python3 -c '
import sys, urllib.request
answer = urllib.request.urlopen("http://127.0.0.1:8000" + sys.argv[1], timeout=10)
print(answer.status, answer.headers["content-type"], len(answer.read()), "bytes")' "$1")" ||
        fail "$1 was not answered."
}

# The program itself, without what started it.
find_program() {
    ps --no-headers -o pid:1=,uid:1=,args= --sid "$server" | grep -v buildah | grep 'dabiao serve'
}

stop() {
    local pid uid
    read -r pid uid _ < <(find_program) || fail "The program was not found."
    [ "$uid" = "$(configured User | cut -d: -f1)" ] || fail "It runs as user $uid."
    kill -TERM "$pid"
    timeout 15 tail --pid="$server" -f /dev/null || fail "It has not stopped within 15 seconds."
    # The program ends by the signal that it was sent, as a process should.
    wait "$server" || grep -q 'exited on terminated' "$work/log" || fail "It ended with an error."
    server=
    echo "stopped: it ran as user $uid"
}

trap clean EXIT
[ "$(id -u)" = 0 ] || { echo "This needs root." >&2; exit 1; }
export CONTAINERS_STORAGE_CONF=$work/storage.conf
printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n' \
    "$work/images" "$work/run" >"$CONTAINERS_STORAGE_CONF"
install_tools
make_base
build
start
ask /healthz
ask /readyz
ask /api/v1/plans/shenzhen-software-2025/gaps
stop
if [ -n "$archive" ]; then
    buildah push --quiet localhost/dabiao "docker-archive:$archive:dabiao:latest"
    echo "written: $archive"
fi
