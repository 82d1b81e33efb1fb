#!/usr/bin/env bash
# Installs what the tests need, runs every test, and closes with "N passed, N failed[, N skipped]".
# Arguments go to "dotnet test", such as: ./test.sh --filter FullyQualifiedName~CodeSearch
set -u

root=$(cd "$(dirname "$0")" && pwd -P)
cd "$root" || exit 1
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

fail() {
    echo "$1" >&2
    echo "0 passed, 1 failed"
    exit 1
}

has_postgres() {
    command -v postgres >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || [ -n "${SWE_POSTGRES_BIN:-}" ]
}

has_browser() {
    [ -n "${SWE_CHROMIUM:-}" ] || [ -x /usr/bin/chromium ] || [ -x /usr/bin/chromium-browser ] || [ -x /usr/bin/google-chrome ] ||
        [ -d "/Applications/Google Chrome.app" ]
}

# On Debian and its kin, as root, what is missing is installed; elsewhere it is named.
packages=""
command -v git >/dev/null 2>&1 || packages="$packages git"
command -v bwrap >/dev/null 2>&1 || packages="$packages bubblewrap"
[ -x /usr/bin/ctags ] || packages="$packages universal-ctags"
has_postgres || packages="$packages postgresql"
# Go, Rust, Maven and Gradle are large; the tests by them are skipped where they are missing.
/usr/bin/python3 -c "import pytest" >/dev/null 2>&1 || packages="$packages python3-pytest"
has_browser || packages="$packages chromium"
{ command -v prometheus && command -v promtool; } >/dev/null 2>&1 || packages="$packages prometheus"
if [ -n "$packages" ]; then
    if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
        echo "Installing:$packages"
        # shellcheck disable=SC2086 # a list of names
        {
            apt-get update &&
                DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages
        } >"$results/apt.log" 2>&1 ||
            { tail -20 "$results/apt.log"; fail "Could not install:$packages"; }
    else
        fail "The tests need these programs; please install them:$packages"
    fi
fi
command -v dotnet >/dev/null 2>&1 || fail "The tests need the .NET SDK 10: https://dotnet.microsoft.com/download"

{ dotnet tool restore && dotnet csharpier check .; } >"$results/format.log" 2>&1 ||
    { tail -20 "$results/format.log"; fail "Some files are not formatted. Run: dotnet csharpier format ."; }
dotnet build SwePlatform.sln --nologo --verbosity quiet || fail "The build failed."
dotnet test SwePlatform.Tests --no-build --nologo --results-directory "$results" \
    --logger "trx;LogFileName=results.trx" --logger "console;verbosity=minimal" "$@"
status=$?

counters=$(grep -o '<Counters [^>]*>' "$results/results.trx" 2>/dev/null) || fail "The tests ended without a result."
count() { echo "$counters" | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p"; }
total=$(count total)
passed=$(count passed)
executed=$(count executed)
failed=$((executed - passed))
skipped=$((total - executed))
# A run that broke off is a failure, even if no test in it failed.
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
[ "$executed" -gt 0 ] || failed=1
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
