#!/usr/bin/env bash
# Looks after a PostgreSQL database. The work is done by the platform's own command line, so no psql is needed.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd -P)

usage() {
    cat <<'TEXT'
Usage: scripts/performance/optimize-database.sh COMMAND [options]

  analyze        renews the planner's statistics; shows settings, connections and memory hits
  slow-queries   the statements that take the most time, on average and in total (--limit N)
  indexes        missing, unused, duplicate and invalid indexes, with the statements that fix them
  bloat          dead rows and wasted space of each table
  vacuum         vacuums the tables with dead rows (--all: every table)

  --data DIR     data folder of a running platform (default: .data in the checkout)
  --url URL      address of the API that slow-queries, indexes and bloat ask
  --help         this text

  DATABASE_URL   another database for analyze and vacuum: postgres://user:password@host:port/database, or
                 host=… port=… dbname=… user=… password=…; --data goes before it
  API_URL        address of the API, with API_TOKEN or SWE_ADMIN_PASSWORD of an administrator

Only analyze and vacuum change anything: statistics, and the space of dead rows. Both work while the
platform runs. Exit code: 0, or 1 if it could not be done, 2 if it was called wrongly.
TEXT
}

case "${1:-}" in
    analyze | slow-queries | indexes | bloat | vacuum) exec "$root/scripts/swe" database "$@" ;;
    -h | --help) usage ;;
    "") echo "Name a command: analyze, slow-queries, indexes, bloat or vacuum. --help says more." >&2; exit 2 ;;
    *) echo "There is no command $1: use analyze, slow-queries, indexes, bloat or vacuum. --help says more." >&2; exit 2 ;;
esac
