#!/usr/bin/env bash
# Finds or installs the .NET SDK, compiles the orchestrator when its sources changed, and hands over to it.
# Unaware of verbs: every argument goes to the orchestrator.
set -uo pipefail

root=${BASH_SOURCE[0]%/*}
[[ $root != "${BASH_SOURCE[0]}" ]] || root=.
stamp=$root/artifacts/orchestrator.stamp # first line: the dotnet to run it with; second: its folder

fail() {
    printf 'error: %s\n' "$@" >&2
    exit 2
}

# Status changes (ctime), so that edits, deletions (of their folder) and files copied with an old time all count.
is_current() {
    [[ -r $stamp ]] && { read -r dotnet && read -r folder; } <"$stamp" && [[ -x $dotnet && -f $root/$folder/imagecraft.dll ]] || return 1
    local changed
    changed=$(find "$root/build" "$root"/Directory.*.props "$root/global.json" ! -name '*.md' -cnewer "$stamp" -print -quit) && [[ -z $changed ]]
}

fits() {
    [[ -x $1 ]] && (cd "$root" && "$1" --version) >/dev/null 2>&1
}

find_dotnet() {
    local candidate cache=${IMAGECRAFT_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/imagecraft}
    for candidate in "$(type -P dotnet)" "${DOTNET_ROOT:-}/dotnet" "${HOME:-}/.dotnet/dotnet" "$cache/.dotnet/dotnet"; do
        if fits "$candidate"; then
            dotnet=$(readlink -f "$candidate")
            return
        fi
    done
    install_dotnet "$cache/.dotnet"
    dotnet=$cache/.dotnet/dotnet
    fits "$dotnet" || fail "The installed SDK in \`$cache/.dotnet\` does not fit \`global.json\`; remove that folder and try again"
}

install_dotnet() {
    local address=${IMAGECRAFT_DOTNET_INSTALL:-https://dot.net/v1/dotnet-install.sh} script=$1/dotnet-install.sh
    echo "No .NET SDK fits global.json; installing one into $1" >&2
    mkdir -p "$1" || fail "Cannot create \`$1\`; set IMAGECRAFT_CACHE to a folder that you may write"
    if ! { curl -fsSL --retry 3 -o "$script" "$address" || wget -q -O "$script" "$address"; } 2>/dev/null; then
        rm -f "$script"
        fail "Neither curl nor wget could get \`$address\`; install the .NET 10 SDK by hand and put \`dotnet\` on PATH, or set IMAGECRAFT_DOTNET_INSTALL to a copy of that script"
    fi
    bash "$script" --jsonfile "$root/global.json" --install-dir "$1" --no-path >&2 ||
        fail "Microsoft's install script failed (its messages are above); install the .NET 10 SDK by hand and put \`dotnet\` on PATH"
}

compile() {
    local started=$root/artifacts/orchestrator.started publish
    find_dotnet
    echo "Compiling the orchestrator" >&2
    rm -f "$started" && : >"$started" # older than anything that changes while the compiler reads
    # A folder of its own for each compilation: an orchestrator that is running keeps its files.
    folder=artifacts/orchestrator/$(date +%s)-$$
    publish=$(cd "$root" && "$dotnet" publish build/Imagecraft.Cli -c Release -o "$folder" -v quiet -nologo -nodeReuse:false -p:UseSharedCompilation=false 2>&1) || {
        printf '%s\n' "$publish" >&2
        rm -rf "${root:?}/$folder" "$started"
        fail "The orchestrator does not compile; the errors are above"
    }
    ls -dt "$root"/artifacts/orchestrator/*/ | tail -n +3 | while read -r old; do rm -rf "$old"; done
    printf '%s\n%s\n' "$dotnet" "$folder" >"$started.text" && touch -r "$started" "$started.text" && mv "$started.text" "$stamp" && rm -f "$started"
}

# Writing code pages twice, for hardening, costs a short call a twentieth of its time; so do collections of a first generation of 256 KiB (here 64 MiB, in hexadecimal).
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_EnableWriteXorExecute=0 DOTNET_GCgen0size=4000000
if ! is_current; then
    mkdir -p "$root/artifacts" 2>/dev/null && exec 9>"$root/artifacts/orchestrator.lock" || fail "Cannot write below \`$root/artifacts\`; use a checkout that you own"
    flock 9
    is_current || compile
    exec 9>&-
fi

IMAGECRAFT_WORKSPACE=$root exec "$dotnet" exec "$root/$folder/imagecraft.dll" "$@"
