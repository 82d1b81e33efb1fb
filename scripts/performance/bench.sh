#!/usr/bin/env bash
# Measures this installation, on data of its own.
#   bench.sh startup [--runs N]              how fast the API and the whole system start, and an idle API's memory
#   bench.sh search [--files N] [--runs N]   code.search beside ripgrep on the same commit (needs rg)
#   bench.sh sandbox [--runs N]              what the sandbox adds to the start of a program
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd -P)
[ $# -gt 0 ] || set -- --help
exec "$root/run.sh" --embedded benchmark "$@"
