#!/usr/bin/env bash
# Measures this installation. "bench.sh startup [--runs N]": how fast the API and the whole system start, and
# how much memory an idle API takes.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd -P)
[ $# -gt 0 ] || set -- --help
exec "$root/run.sh" --embedded benchmark "$@"
