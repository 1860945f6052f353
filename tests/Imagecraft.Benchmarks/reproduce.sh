#!/bin/bash
# Proves that the same input gives the same bits: a second build by another user, in another folder, with another cache,
# without network after `fetch`, killed with -9 at ten random moments, is compared with a first one by SHA256SUMS.
#
#   reproduce.sh FIRST WORK [USER]
#
# FIRST  a checkout in which `./build.sh image --board qemu-arm64` has been run
# WORK   folder for the second build; must not exist
# USER   who runs the second build; default `nobody`. Needs root, to become that user.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
first=$(realpath "$1") user=${3:-nobody}
mkdir -p "$2/home" "$2/another folder"
work=$(realpath "$2")
git clone -q "$first" "$work/another folder/checkout"
cp "$first/imagecraft.lock" "$work/another folder/checkout/"
chown -R "$user" "$work"
artifacts=out/qemu-arm64/edge-ml

# as COMMAND...: as that user, with a home and a cache of its own
as() { setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups env -C "$work/another folder/checkout" HOME="$work/home" IMAGECRAFT_CACHE="$work/cache" "$@"; }

as ./build.sh fetch --board qemu-arm64 > "$work/fetch.log" 2>&1
echo "Fetched; from here on without network"
for attempt in $(seq 10); do
    as unshare --user --map-current-user --net ./build.sh image --board qemu-arm64 --offline >> "$work/image.log" 2>&1 &
    build=$!
    sleep $((RANDOM % 40 + 5)).$((RANDOM % 1000))
    if pkill -9 -f -u "$user" 'imagecraft.dll image'; then echo "Killed build $attempt"; else echo "Build $attempt was over already"; fi
    wait "$build" || true
done
as unshare --user --map-current-user --net ./build.sh image --board qemu-arm64 --offline >> "$work/image.log" 2>&1
tail -n 2 "$work/image.log"
diff "$first/$artifacts/SHA256SUMS" "$work/another folder/checkout/$artifacts/SHA256SUMS"
(cd "$work/another folder/checkout/$artifacts" && sha256sum --quiet -c SHA256SUMS)
echo "Identical: $(wc -l < "$first/$artifacts/SHA256SUMS") artifacts"
