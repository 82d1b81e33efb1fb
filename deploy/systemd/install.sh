#!/bin/sh
# Installs the platform as services of this machine, or another version of it. Run as root, from a checkout or an unpacked release:
#   deploy/systemd/install.sh --programs FOLDER --version 1.2.0
# FOLDER holds what "dotnet publish" wrote: api, web, garnet and, if you like, swe. Settings and secrets in /etc/swe-platform are made
# once and never touched again. Nothing is started or restarted. DESTDIR installs below another root, as packagers do.
set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
root=${DESTDIR:-}
programs=
version=

fail() {
    echo "$1" >&2
    exit 2
}

while [ $# -gt 0 ]; do
    case $1 in
        --programs) programs=${2:-}; shift 2 || fail "--programs takes a folder." ;;
        --version) version=${2:-}; shift 2 || fail "--version takes a version." ;;
        -h | --help) sed -n '2,5s/^# //p' "$0"; exit 0 ;;
        *) fail "Unknown option: $1 (see --help)" ;;
    esac
done
[ -n "$programs" ] || fail "Name the folder of the published programs with --programs."
[ -n "$version" ] || fail "Name the version with --version."
case $version in
    */* | .* | *[!A-Za-z0-9.+_-]*) fail "$version is no version: use letters, digits, '.', '+', '-' and '_'." ;;
esac
for program in api/SwePlatform.Api web/SwePlatform.Web garnet/SwePlatform.Garnet; do
    [ -x "$programs/$program" ] ||
        fail "$programs/$program is missing: publish it with dotnet publish -c Release -o $programs/${program%%/*}"
done
[ -n "$root" ] || [ "$(id -u)" -eq 0 ] || fail "Run this as root: it adds a user and writes to /opt, /etc and /var."

random() {
    # Letters and digits only, so that it needs no quoting anywhere.
    head -c 512 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | head -c "$1"
}

# A file for root alone, from standard input, unless it is there.
once() {
    [ -e "$1" ] && { cat >/dev/null; return; }
    (umask 077 && cat >"$1.new") && mv "$1.new" "$1"
    echo "Wrote $1"
}

[ -n "$root" ] || getent passwd swe-platform >/dev/null ||
    useradd --system --user-group --home-dir /var/lib/swe-platform --shell /usr/sbin/nologin swe-platform

release=$root/opt/swe-platform/releases/$version
[ ! -e "$release" ] || fail "$release is there already: give this build a version of its own."
mkdir -p "$release.new"
for program in api web garnet swe; do
    [ ! -d "$programs/$program" ] || cp -R "$programs/$program" "$release.new/$program"
done
chmod -R u=rwX,go=rX "$release.new"
mv "$release.new" "$release"
# One link, so that the three programs change at once, and going back is the same step.
ln -sfn "releases/$version" "$root/opt/swe-platform/current"

etc=$root/etc/swe-platform
mkdir -p "$etc"
chmod 0755 "$etc"
redis=$(random 32)
once "$etc/garnet.env" <<EOF
Garnet__Password=$redis
EOF
redis=$(sed -n 's/^Garnet__Password=//p' "$etc/garnet.env")
once "$etc/api.env" <<EOF
# The role of the same name as the service's user, over PostgreSQL's socket: no password to keep.
ConnectionStrings__swedb=Host=/var/run/postgresql;Username=swe-platform;Database=swedb
ConnectionStrings__redis=127.0.0.1:6379,password=$redis
Auth__SigningKey=$(random 64)
Auth__AdminPassword=$(random 24)
Auth__AllowRegistration=false
EOF
once "$etc/web.env" <<EOF
ConnectionStrings__redis=127.0.0.1:6379,password=$redis
EOF

units=$root/etc/systemd/system
mkdir -p "$units"
install -m 0644 "$here"/sweplatform*.service "$here"/sweplatform.target "$units/"
[ -n "$root" ] || ! [ -d /run/systemd/system ] || systemctl daemon-reload
echo "Installed $version. Start it with: systemctl enable --now sweplatform-garnet sweplatform-api sweplatform-web sweplatform.target"
