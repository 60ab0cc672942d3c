#!/usr/bin/env bash
# Redis on loopback: redis.sh start DIR PORT | stop DIR
set -euo pipefail
dir=${2:?usage: redis.sh start DIR PORT or stop DIR}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
case ${1:?} in
start)
  redis-server --port "${3:?a port}" --bind 127.0.0.1 --dir "$dir" --daemonize yes --pidfile "$dir/pid" \
    --logfile "$dir/redis.log" --appendonly yes --save "" >/dev/null
  for _ in $(seq 100); do
    redis-cli -p "$3" ping 2>/dev/null | grep -q PONG && exit 0
    sleep 0.1
  done
  echo "redis.sh: Redis did not start:" >&2
  tail -20 "$dir/redis.log" >&2
  exit 1
  ;;
stop) [ ! -f "$dir/pid" ] || kill "$(cat "$dir/pid")" 2>/dev/null || true ;;
*) echo "usage: redis.sh start DIR PORT | stop DIR" >&2; exit 2 ;;
esac
