#!/usr/bin/env bash
# PostgreSQL on loopback, user and database app, no password: postgres.sh start DIR PORT | stop DIR
# PostgreSQL refuses to run as root; root hands it to the user postgres.
set -euo pipefail
dir=${2:?usage: postgres.sh start DIR PORT or stop DIR}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || { echo "postgres.sh: PostgreSQL is missing: install postgresql" >&2; exit 1; }
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  chown postgres "$dir"
  as() { runuser -u postgres -- "$@"; }
fi
cd "$dir"
case ${1:?} in
start)
  port=${3:?a port}
  [ -d "$dir/data" ] || as "$bin/initdb" -D "$dir/data" -A trust -U app --no-sync -E UTF8 --locale=C.UTF-8 >"$dir/initdb.log"
  as "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/data/log" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir/data -c max_connections=200" start >/dev/null
  as "$bin/psql" -h 127.0.0.1 -p "$port" -U app -d postgres -tAc "SELECT 1 FROM pg_database WHERE datname = 'app'" | grep -q 1 ||
    as "$bin/createdb" -h 127.0.0.1 -p "$port" -U app app
  ;;
stop) [ ! -d "$dir/data" ] || as "$bin/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null || true ;;
*) echo "usage: postgres.sh start DIR PORT | stop DIR" >&2; exit 2 ;;
esac
