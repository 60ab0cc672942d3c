#!/usr/bin/env bash
# Runs a groundswell and a real Prometheus, and asks it every rule and every panel of the dashboard:
# each must be understood, and each metric it names must exist.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
daemon=
finish() {
  [ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true
  deploy/dev/prometheus.sh stop "$work/prometheus"
  [ -z "$daemon" ] || wait "$daemon" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
promtool check rules deploy/prometheus/rules.yaml
promtool check config --syntax-only deploy/prometheus/prometheus.yaml
promtool test rules deploy/prometheus/rules_test.yaml
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
listen=127.0.0.1:$(free_port) port=$(free_port)
cat >"$work/groundswell.yaml" <<YAML
monitors: [{name: Acme, kind: own, query: acme}]
sources: [{name: saved, kind: replay, settings: {files: ["$work/posts.ndjson"]}}]
channels: [{name: nobody, kind: webhook, settings: {url: "http://127.0.0.1:9/", secret: whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3}}]
YAML
for i in $(seq 50); do
  echo "{\"network\":\"x\",\"id\":\"$i\",\"author\":{\"id\":\"$i\"},\"language\":\"en\",\"text\":\"I love acme $i\",\"posted_at\":\"$(date -u +%FT%TZ)\"}"
done >"$work/posts.ndjson"
bin/groundswell serve --config "$work/groundswell.yaml" --data "$work/data" --listen "$listen" >"$work/log" 2>&1 &
daemon=$!
for _ in $(seq 300); do
  curl -fs "http://$listen/metrics" 2>/dev/null | grep -q '^groundswell_mentions_total{' && break
  kill -0 "$daemon" || { cat "$work/log"; exit 1; }
  sleep 0.1
done
deploy/dev/prometheus.sh start "$work/prometheus" "$port" "$listen"
for _ in $(seq 300); do
  curl -fs "http://127.0.0.1:$port/api/v1/query?query=groundswell:mentions:rate5m" | grep -q '"metric"' && break
  sleep 0.2
done
python3 deploy/prometheus/ask.py "http://127.0.0.1:$port" deploy/grafana/groundswell.json
