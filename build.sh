#!/usr/bin/env bash
# Finds or installs the .NET SDK, compiles the orchestrator when its sources changed, and hands over to it.
# Unaware of verbs: every argument goes to the orchestrator.
set -uo pipefail

# The workspace is the folder of this file, not that of a link to it.
self=${BASH_SOURCE[0]}
[[ ! -L $self ]] || self=$(readlink -f "$self" 2>/dev/null) || self=${BASH_SOURCE[0]}
root=${self%/*}
[[ $root != "$self" ]] || root=.
stamp=$root/artifacts/orchestrator.stamp # lines: the dotnet to run it with; its folder; the digest of its sources

fail() {
    printf 'error: %s\n' "$@" >&2
    exit 2
}

# Status changes (ctime), so that edits, deletions (of their folder) and files copied with an old time all count.
# Not every find knows them (busybox and toybox do not), and a copied checkout has new ones: then the contents decide.
is_current() {
    [[ -r $stamp ]] && { read -r dotnet && read -r folder && read -r digest; } <"$stamp" && [[ -x $dotnet && -f $root/$folder/imagecraft.dll ]] || return 1
    local changed renewed=$stamp.$$
    changed=$(find "$root/build" "$root/runtime/Imagecraft.Vnpu" "$root"/Directory.*.props "$root/global.json" ! -name '*.md' -cnewer "$stamp" -print -quit 2>/dev/null) && [[ -z $changed ]] && return
    # The new stamp is older than anything that changes while the sources are read.
    write_stamp "$renewed" 2>/dev/null
    if [[ -n $digest && $(digest_of_sources) == "$digest" ]]; then
        mv -f "$renewed" "$stamp" 2>/dev/null
        return 0
    fi
    rm -f "$renewed"
    return 1
}

write_stamp() {
    printf '%s\n' "$dotnet" "$folder" "$digest" >"$1"
}

# Needs one of sha256sum and cksum; empty without them.
digest_of_sources() (
    shopt -s globstar dotglob nullglob
    LC_ALL=C files=()
    cd "$root" || exit
    for file in Directory.*.props global.json build/** runtime/Imagecraft.Vnpu/**; do
        [[ ! -f $file || $file == *.md ]] || files+=("$file")
    done
    sums=$(sha256sum "${files[@]}" || cksum "${files[@]}") && { sha256sum || cksum; } <<<"$sums"
) 2>/dev/null

fits() {
    [[ -x $1 ]] && (cd "$root" && "$1" --version) >/dev/null 2>&1
}

find_dotnet() {
    local candidate cache=${IMAGECRAFT_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/imagecraft}
    for candidate in "$(type -P dotnet)" "${DOTNET_ROOT:-}/dotnet" "${HOME:-}/.dotnet/dotnet" "$cache/.dotnet/dotnet"; do
        if fits "$candidate"; then
            dotnet=$(readlink -f "$candidate" 2>/dev/null) || dotnet=$candidate
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
    local started=$root/artifacts/orchestrator.started publish old other
    find_dotnet
    echo "Compiling the orchestrator" >&2
    # A folder of its own for each compilation: an orchestrator that is running keeps its files.
    folder=artifacts/orchestrator/$(date +%s)-$$
    digest=$(digest_of_sources)
    rm -f "$started" && write_stamp "$started" # older than anything that changes while the compiler reads
    publish=$(cd "$root" && "$dotnet" publish build/Imagecraft.Cli -c Release -o "$folder" -v quiet -nologo -nodeReuse:false -p:UseSharedCompilation=false 2>&1) || {
        printf '%s\n' "$publish" >&2
        rm -rf "${root:?}/$folder" "$started"
        fail "The orchestrator does not compile; the errors are above"
    }
    # This one and the last before it stay; their names begin with their time, so they sort by it.
    old=()
    for other in "$root"/artifacts/orchestrator/*/; do
        [[ $other == "$root/$folder/" ]] || old+=("$other")
    done
    ((${#old[@]} <= 1)) || rm -rf "${old[@]::${#old[@]}-1}"
    mv -f "$started" "$stamp"
}

# Writing code pages twice, for hardening, costs a short call a twentieth of its time; so do collections of a first generation of 256 KiB (here 64 MiB, in hexadecimal).
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_EnableWriteXorExecute=0 DOTNET_GCgen0size=4000000
if ! is_current; then
    { mkdir -p "$root/artifacts" 2>/dev/null && exec 9>"$root/artifacts/orchestrator.lock"; } || fail "Cannot write below \`$root/artifacts\`; use a checkout that you own"
    flock 9 2>/dev/null # without it, two calls at once may both compile
    is_current || compile
    exec 9>&-
fi

# Called from within a workspace of one's own, it builds that one.
IMAGECRAFT_CORE=$root exec "$dotnet" exec "$root/$folder/imagecraft.dll" "$@"
