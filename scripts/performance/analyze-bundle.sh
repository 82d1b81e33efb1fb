#!/usr/bin/env bash
# Publishes the web front end, lists what browsers load of it, and fails if that is over budget.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd -P)
budget=${BUNDLE_BUDGET_KB:-130}
largest=${ASSET_BUDGET_KB:-60}

usage() {
    cat <<'TEXT'
Usage: scripts/performance/analyze-bundle.sh [--published DIR]

Publishes SwePlatform.Web and lists its static assets with their sizes, as they are and as Brotli. Exits with 1 if all
of them together, or one of them, are larger (as Brotli) than the budget.

  --published DIR    look at what was published before, instead of publishing
  BUNDLE_BUDGET_KB   all assets together (130)
  ASSET_BUDGET_KB    each asset (60)
TEXT
}

published=""
case "${1:-}" in
    "") ;;
    --published) published=${2:?--published needs a folder} ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac

if [ -z "$published" ]; then
    published=$(mktemp -d)
    trap 'rm -rf "$published"' EXIT
    dotnet publish "$root/SwePlatform.Web" -c Release --nologo -v q -o "$published" >"$published/publish.log" 2>&1 </dev/null ||
        { cat "$published/publish.log" >&2; exit 1; }
fi
[ -d "$published/wwwroot" ] || { echo "There is no $published/wwwroot: publish SwePlatform.Web there first." >&2; exit 2; }

# Maps are for debuggers. Pages load blazor.web.js; blazor.server.js is the framework's other way to start.
cd "$published/wwwroot"
find . -type f ! -name '*.br' ! -name '*.gz' ! -name '*.map' ! -name blazor.server.js | sed 's|^\./||' | while read -r file; do
    raw=$(wc -c <"$file")
    if [ -f "$file.br" ]; then packed=$(wc -c <"$file.br"); else packed=$raw; fi
    echo "$raw $packed $file"
done | sort -k2,2nr | awk -v budget="$budget" -v largest="$largest" '
    BEGIN { printf "%10s %10s  %s\n", "raw", "brotli", "asset" }
    {
        printf "%9.1fK %9.1fK  %s\n", $1 / 1024, $2 / 1024, $3
        raw += $1; packed += $2
        if ($2 / 1024 > largest) over = over sprintf("%s is over %d KB\n", $3, largest)
    }
    END {
        printf "%9.1fK %9.1fK  together (budget %d KB)\n", raw / 1024, packed / 1024, budget
        if (NR == 0) { print "No assets were found."; exit 1 }
        if (packed / 1024 > budget) over = over sprintf("together they are over %d KB\n", budget)
        if (over != "") { printf "%s", over; exit 1 }
    }'
