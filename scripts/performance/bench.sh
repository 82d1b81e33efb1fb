#!/usr/bin/env bash
# Measures this installation, on data of its own.
#   bench.sh                                 all of the following, one after the other
#   bench.sh api [--rounds N] [--seconds N] [--connections N] [--json FILE]
#                                            the API beside bare Kestrel and raw Npgsql (needs wrk)
#   bench.sh startup [--runs N]              how fast the API and the whole system start, and an idle API's memory
#   bench.sh search [--files N] [--runs N]   code.search beside ripgrep on the same commit (needs rg)
#   bench.sh git [--commits N] [--runs N]    the git tools beside LibGit2Sharp and git cat-file --batch
#   bench.sh sandbox [--runs N]              what the sandbox adds to the start of a program
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd -P)
if [ $# -gt 0 ]; then
    exec "$root/scripts/swe" bench "$@"
fi
status=0
for benchmark in api search git sandbox startup; do
    echo "== $benchmark"
    "$root/scripts/swe" bench "$benchmark" || status=1
done
exit "$status"
