#!/usr/bin/env bash
# Loads a running platform and measures it. The scenarios, the mix of requests and the thresholds are in scenarios.json.
set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
known="smoke load stress spike soak breakpoint"

usage() {
    cat <<'TEXT'
Usage: scripts/performance/run-load-tests.sh SCENARIO [options]

  smoke        one user for a minute
  load         ramps to 50, 100 and 200 users over 21 minutes
  stress       ramps to 100, 200, 300 and 400 users
  all          these three, one after the other
  spike        500 users at once
  soak         100 users for two hours
  breakpoint   more and more requests per second until a threshold fails
  baseline     rising loads and the breaking point, written into docs/PERFORMANCE.md (built-in runner)

  --quick             shortened stages
  --runner RUNNER     k6 (on the PATH), docker (or Podman: the image grafana/k6) or builtin; default: the first there is
  --no-report         do not store the run with the API (--report, the default, does)
  --data DIR          data folder of the platform, where the administrator's password is (default: .data)
  --help              this text

  API_URL             address of the API (default: that of the platform on --data, else http://localhost:8000)
  API_TOKEN           an access token or API key; otherwise it signs in as admin@swe.local with
                      SWE_ADMIN_PASSWORD or the data folder's admin-password
  OUTPUT_DIR          folder for the summaries (default: load-test-results)
  K6_IMAGE            the image for --runner docker (default: grafana/k6)

Exit code: 0, or 99 if a threshold failed, 105 if it was interrupted, another if it could not run.
TEXT
}

fail() {
    echo "$1" >&2
    exit 2
}

scenario=""
quick=false
report=true
runner=""
data="$root/.data"
while [ $# -gt 0 ]; do
    case "$1" in
        -h | --help) usage; exit 0 ;;
        --quick) quick=true ;;
        --report) report=true ;;
        --no-report) report=false ;;
        --runner) [ $# -gt 1 ] || fail "--runner needs a name: k6, docker or builtin."; runner=$2; shift ;;
        --data) [ $# -gt 1 ] || fail "--data needs a folder."; data=$2; shift ;;
        -*) fail "There is no option $1. --help lists them." ;;
        *) [ -z "$scenario" ] || fail "One scenario at a time: $scenario or $1?"; scenario=$1 ;;
    esac
    shift
done

case " $known all baseline " in
    *" ${scenario:-none} "*) ;;
    *) fail "Name a scenario: $known, all or baseline. --help says more." ;;
esac

# The platform that runs on the data folder says where it is.
running=$(sed -n 's/.*"api": *"\([^"]*\)".*/\1/p' "$data/run.json" 2>/dev/null | head -n 1)
export API_URL=${API_URL:-${running:-http://localhost:8000}}
output=${OUTPUT_DIR:-load-test-results}
mkdir -p "$output"
OUTPUT_DIR=$(cd "$output" && pwd -P)
export OUTPUT_DIR

engine() {
    for program in docker podman; do
        if command -v "$program" >/dev/null 2>&1 && "$program" info >/dev/null 2>&1; then
            echo "$program"
            return
        fi
    done
}

if [ -z "$runner" ]; then
    if command -v k6 >/dev/null 2>&1; then
        runner=k6
    elif [ -n "$(engine)" ]; then
        runner=docker
    else
        runner=builtin
    fi
fi
case "$runner" in
    k6) command -v k6 >/dev/null 2>&1 || fail "There is no k6 on the PATH. Install it (https://k6.io), or use --runner builtin." ;;
    docker) [ -n "$(engine)" ] || fail "Neither Docker nor Podman answers. Start one, or use --runner builtin." ;;
    builtin) ;;
    *) fail "There is no runner $runner: use k6, docker or builtin." ;;
esac
[ "$scenario" != baseline ] || runner=builtin

# load_test ARGUMENT...: the platform's own command line, which has the built-in runner.
load_test() {
    "$root/scripts/swe" load "$@" --data "$data"
}

check_api() {
    command -v curl >/dev/null 2>&1 || return 0
    curl -fsS -o /dev/null --max-time 10 "$API_URL/health" ||
        fail "No API answers at $API_URL. Start the platform with ./run.sh, or set API_URL."
}

find_password() {
    if [ -z "${API_TOKEN:-}" ] && [ -z "${SWE_ADMIN_PASSWORD:-}" ]; then
        [ -r "$data/admin-password" ] || fail "Set API_TOKEN or SWE_ADMIN_PASSWORD; $data/admin-password cannot be read."
        SWE_ADMIN_PASSWORD=$(cat "$data/admin-password")
        export SWE_ADMIN_PASSWORD
    fi
}

# run_k6 NAME FILE: the names of variables alone, so that no secret is in the list of processes.
run_k6() {
    if [ "$runner" = k6 ]; then
        SUMMARY_FILE=$2 QUICK=$quick k6 run --include-system-env-vars "$here/k6/$1.js"
        return
    fi
    local container address=$API_URL
    container=$(engine)
    local network="--network=host"
    if [ "$(uname)" != Linux ]; then
        network="--add-host=host.docker.internal:host-gateway"
        address=$(echo "$API_URL" | sed -E 's#//(localhost|127\.0\.0\.1)#//host.docker.internal#')
    fi
    API_URL=$address QUICK=$quick SUMMARY_FILE="/results/$(basename "$2")" "$container" run --rm -i "$network" --user "$(id -u):$(id -g)" \
        -e API_URL -e API_TOKEN -e SWE_ADMIN_PASSWORD -e QUICK -e SUMMARY_FILE \
        -v "$here:/scripts:ro" -v "$OUTPUT_DIR:/results" "${K6_IMAGE:-grafana/k6}" run --include-system-env-vars "/scripts/k6/$1.js"
}

# run NAME: runs one scenario and returns its exit code.
run() {
    local name=$1 status=0
    if [ "$runner" = builtin ]; then
        set -- "$name"
        [ "$quick" = false ] || set -- "$@" --quick
        [ "$report" = true ] || set -- "$@" --no-report
        load_test "$@" || status=$?
        return "$status"
    fi
    local full=$name started begin seconds file
    [ "$quick" = false ] || full="$name-quick"
    started=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    begin=$(date +%s)
    file="$OUTPUT_DIR/$full-$(date -u +%Y%m%d-%H%M%S).json"
    run_k6 "$name" "$file" || status=$?
    seconds=$(($(date +%s) - begin))
    [ "$seconds" -gt 0 ] || seconds=1
    # A search for the breaking point has done its work when a threshold has failed.
    [ "$name" != breakpoint ] || [ "$status" -ne 99 ] || status=0
    if [ "$report" = true ] && [ -s "$file" ] && { [ "$status" -eq 0 ] || [ "$status" -eq 99 ]; }; then
        load_test report "$file" --scenario "$full" --started "$started" --seconds "$seconds" ||
            echo "The run was not stored with the API; its summary is $file" >&2
    fi
    return "$status"
}

check_api
[ "$runner" = builtin ] || find_password
echo "Runner: $runner, API: $API_URL, results: $OUTPUT_DIR"
case "$scenario" in
    all) list="smoke load stress" ;;
    *) list=$scenario ;;
esac
result=0
for name in $list; do
    status=0
    run "$name" || status=$?
    # Interrupted, or it could not run: the next one would not either.
    [ "$status" -eq 0 ] || [ "$status" -eq 99 ] || exit "$status"
    [ "$status" -eq 0 ] || result=$status
done
exit "$result"
