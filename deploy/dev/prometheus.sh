#!/usr/bin/env bash
# Prometheus on loopback with the rules of deploy/prometheus: prometheus.sh start DIR PORT TARGET | stop DIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=${2:?usage: prometheus.sh start DIR PORT TARGET or stop DIR}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
case ${1:?} in
start)
  cp "$here/../prometheus/rules.yaml" "$dir/rules.yaml"
  cat >"$dir/prometheus.yaml" <<YAML
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules.yaml]
scrape_configs:
  - job_name: groundswell
    static_configs: [{targets: ["${4:?host:port of groundswell}"]}]
YAML
  prometheus --config.file="$dir/prometheus.yaml" --storage.tsdb.path="$dir/data" --web.listen-address="127.0.0.1:${3:?a port}" \
    >"$dir/prometheus.log" 2>&1 &
  echo $! >"$dir/pid"
  for _ in $(seq 100); do
    curl -fs "http://127.0.0.1:$3/-/ready" >/dev/null 2>&1 && exit 0
    sleep 0.1
  done
  echo "prometheus.sh: Prometheus did not start:" >&2
  tail -20 "$dir/prometheus.log" >&2
  exit 1
  ;;
stop) [ ! -f "$dir/pid" ] || kill "$(cat "$dir/pid")" 2>/dev/null || true ;;
*) echo "usage: prometheus.sh start DIR PORT TARGET | stop DIR" >&2; exit 2 ;;
esac
