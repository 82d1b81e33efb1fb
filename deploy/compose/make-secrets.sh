#!/bin/sh
# Makes the secrets that compose.yaml mounts, in the folder "secrets" beside it (or the one that is named). What is there stays.
set -eu

folder=${1:-$(cd "$(dirname "$0")" && pwd -P)/secrets}
# The files are readable within the containers, whose users are others; the folder keeps them from everybody here.
mkdir -p "$folder"
chmod 0700 "$folder"

random() {
    # Letters and digits only, so that it needs no quoting in a connection string.
    head -c 512 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | head -c "$1"
}

# Without a line end: a setting is the whole file.
once() {
    [ -e "$folder/$1" ] || { printf %s "$2" >"$folder/$1.new" && chmod 0444 "$folder/$1.new" && mv "$folder/$1.new" "$folder/$1"; }
}

once postgres_password "$(random 32)"
once redis_auth "requirepass $(random 32)"
once Auth__SigningKey "$(random 64)"
once Auth__AdminPassword "$(random 24)"
once ConnectionStrings__swedb "Host=postgres;Username=postgres;Password=$(cat "$folder/postgres_password");Database=swedb"
once ConnectionStrings__redis "redis:6379,password=$(sed 's/^requirepass //' "$folder/redis_auth")"
echo "The secrets are in $folder"
