#!/usr/bin/env bash
# Collect what a machine without internet needs, and try it: deploy/collect-wheels.sh PYTHON FOLDER
#
# Every wheel of the lock file and Dabiao's own, for the Python and the kind of machine that this
# runs on. They are then installed into a new environment from the folder alone, with their digests
# checked, and served.
set -euo pipefail

python=$(realpath --no-symlinks "$1")
folder=$(realpath "$2")
root=$(realpath "$(dirname "$0")/..")
work=$(mktemp --directory)
server=

clean() {
    [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap clean EXIT

rm -rf "$folder"
mkdir -p "$folder"
"$python" -m pip --quiet --disable-pip-version-check download --no-deps --only-binary :all: \
    --require-hashes --requirement "$root/requirements.txt" --dest "$folder" 2>"$work/log" ||
    { cat "$work/log" >&2; exit 1; }
cp "$root"/dist/dabiao-*.whl "$root/requirements.txt" "$folder/"

# The settings of this machine could name other sources.
unset "${!PIP_@}"
export PIP_CONFIG_FILE=/dev/null
"$python" -m venv "$work/venv"
pip() {
    "$work/venv/bin/python" -m pip --quiet --disable-pip-version-check install --no-index \
        --find-links "$folder" "$@"
}
pip --require-hashes --requirement "$folder/requirements.txt"
pip --no-deps "$folder"/dabiao-*.whl
cd "$work"
env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "$work/venv/bin/dabiao" serve --port 0 >"$work/told" &
server=$!
for _ in $(seq 120); do
    address=$(grep -om1 'http://[^ ]*' "$work/told" | head -1) && break
    kill -0 "$server" || exit 1
    sleep 0.5
done
"$work/venv/bin/python" -c '
import sys, urllib.request
for path in ("/healthz", "/api/v1/plans/shenzhen-software-2025/gaps"):
    with urllib.request.urlopen(sys.argv[1] + path, timeout=10) as answer:
        print(f"{path}: {answer.status}")' "$address"
kill -TERM "$server"
wait "$server" || true
server=
echo "$(find "$folder" -name '*.whl' | wc -l) wheels in $2: installed without an index, and served"
