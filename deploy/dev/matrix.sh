#!/usr/bin/env bash
# Matrix Synapse on loopback with a user app, password app-secret, and a room: matrix.sh start DIR PORT | stop DIR
# DIR/env holds the user's token (TOKEN) and the room's id (ROOM).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=${2:?usage: matrix.sh start DIR PORT or stop DIR}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
case ${1:?} in
start)
  port=${3:?a port}
  python=$("$here/python.sh" matrix-synapse==1.163.2)
  cat >"$dir/homeserver.yaml" <<YAML
server_name: localhost
pid_file: $dir/pid
listeners:
  - {port: $port, type: http, bind_addresses: [127.0.0.1], resources: [{names: [client]}]}
database: {name: sqlite3, args: {database: $dir/homeserver.db}}
log_config: $dir/log.yaml
media_store_path: $dir/media
signing_key_path: $dir/signing.key
macaroon_secret_key: groundswell-dev
registration_shared_secret: groundswell-dev
report_stats: false
trusted_key_servers: []
suppress_key_server_warning: true
YAML
  cat >"$dir/log.yaml" <<YAML
version: 1
formatters: {plain: {format: '%(asctime)s %(levelname)s %(name)s %(message)s'}}
handlers: {file: {class: logging.FileHandler, filename: $dir/matrix.log, formatter: plain}}
root: {level: WARNING, handlers: [file]}
disable_existing_loggers: false
YAML
  cd "$dir"
  "$python" -m synapse.app.homeserver -c "$dir/homeserver.yaml" --generate-keys >"$dir/start.log" 2>&1
  "$python" -m synapse.app.homeserver -c "$dir/homeserver.yaml" >>"$dir/start.log" 2>&1 &
  echo $! >"$dir/pid"
  for _ in $(seq 600); do
    if curl -fs "http://127.0.0.1:$port/_matrix/client/versions" >/dev/null 2>&1; then
      [ -s "$dir/env" ] || "$python" "$here/matrix.py" "http://127.0.0.1:$port" >"$dir/env"
      exit 0
    fi
    kill -0 "$(cat "$dir/pid")" 2>/dev/null || break
    sleep 0.1
  done
  echo "matrix.sh: Synapse did not start:" >&2
  tail -20 "$dir/start.log" "$dir/matrix.log" >&2
  exit 1
  ;;
stop)
  [ ! -f "$dir/pid" ] || kill "$(cat "$dir/pid")" 2>/dev/null || true
  rm -f "$dir/pid"
  ;;
*) echo "usage: matrix.sh start DIR PORT | stop DIR" >&2; exit 2 ;;
esac
