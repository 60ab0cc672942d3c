#!/usr/bin/env bash
# Prometheus Alertmanager on loopback, alone and with a receiver that tells nobody: alertmanager.sh start DIR PORT | stop DIR
set -euo pipefail
dir=${2:?usage: alertmanager.sh start DIR PORT or stop DIR}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
case ${1:?} in
start)
  program=$(command -v alertmanager || command -v prometheus-alertmanager) ||
    { echo "alertmanager.sh: Alertmanager is missing: install prometheus-alertmanager" >&2; exit 1; }
  cat >"$dir/alertmanager.yaml" <<'YAML'
route: {receiver: nobody, group_by: [alertname]}
receivers: [{name: nobody}]
YAML
  "$program" --config.file="$dir/alertmanager.yaml" --storage.path="$dir/data" --web.listen-address="127.0.0.1:${3:?a port}" \
    --cluster.listen-address= >"$dir/alertmanager.log" 2>&1 &
  echo $! >"$dir/pid"
  for _ in $(seq 100); do
    curl -fs "http://127.0.0.1:$3/-/ready" >/dev/null 2>&1 && exit 0
    sleep 0.1
  done
  echo "alertmanager.sh: Alertmanager did not start:" >&2
  tail -20 "$dir/alertmanager.log" >&2
  exit 1
  ;;
stop)
  [ ! -f "$dir/pid" ] || kill "$(cat "$dir/pid")" 2>/dev/null || true
  rm -f "$dir/pid"
  ;;
*) echo "usage: alertmanager.sh start DIR PORT | stop DIR" >&2; exit 2 ;;
esac
