#!/bin/sh
# What tools and tests use beside .NET and Docker.
set -eu

apt-get update
apt-get install -y --no-install-recommends bubblewrap postgresql-common universal-ctags
/usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y
apt-get install -y --no-install-recommends postgresql-client-18
rm -rf /var/lib/apt/lists/*
