#!/bin/sh
# Starts Prometheus in a container: the addresses of the API and Web come from API_URL and WEB_URL. Further arguments
# go to Prometheus. The folder of this script may be read-only.
set -eu
source=$(dirname "$0")
folder=${PROMETHEUS_CONFIG:-/tmp/swe-prometheus}
mkdir -p "$folder/targets"
cp -R "$source/prometheus.yml" "$source/rules" "$folder/"
for job in API WEB; do
    eval "url=\${${job}_URL:-}"
    address=${url#*://}
    name=$(echo "$job" | tr '[:upper:]' '[:lower:]')
    if [ -n "$address" ]; then echo "- targets: ['${address%/}']"; else echo "[]"; fi >"$folder/targets/$name.yml"
done
exec prometheus --config.file="$folder/prometheus.yml" "$@"
