#!/usr/bin/env bash
# Sends generated requests, right ones and wrong ones, to every operation of the API of a demo with
# schemathesis, and fails on answers that are the server's fault, or not as the OpenAPI document says.
# Nothing leaves the machine: where that can be had, it runs in a network of its own.
#
#   deploy/dev/fuzz-api.sh [SECONDS]   (default 120; needs bin/groundswell, curl and python3-venv)
set -euo pipefail
cd "$(dirname "$0")/../.."
python=$(deploy/dev/python.sh schemathesis==4.32.5)
if [ -z "${FUZZ_ALONE-}" ]; then
  if unshare -n ip link set lo up 2>/dev/null; then
    exec env FUZZ_ALONE=1 unshare -n bash -c 'ip link set lo up && exec "$0" "$@"' "$0" "$@"
  fi
fi
work=$(mktemp -d)
daemon=
finish() {
  [ -z "$daemon" ] || { kill "$daemon" 2>/dev/null && wait "$daemon" || true; }
  rm -rf "$work"
}
trap finish EXIT
listen=127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
bin/groundswell demo --data "$work/data" --listen "$listen" --speed 3600 >"$work/log" 2>&1 &
daemon=$!
for _ in $(seq 1200); do
  grep -q 'The hour is over' "$work/log" && break
  kill -0 "$daemon" || { cat "$work/log"; exit 1; }
  sleep 0.1
done
token=$(bin/groundswell tokens add fuzz --data "$work/data" --scope '*:*' | tail -1)
bin/groundswell openapi >"$work/openapi.json"
# Left out are the live feed, which never ends, signing in or out, which is about cookies, and what
# does not stand under /api/v1.
export SCHEMATHESIS_HOOKS=deploy/dev/fuzz_hooks.py
run() {
  "$(dirname "$python")/schemathesis" run "$work/openapi.json" --url "http://$listen/api/v1" -H "Authorization: Bearer $token" --seed 1 --workers 1 \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance \
    --exclude-path-regex '^/(live|session|session/.*|healthz|readyz|metrics|problems/.*)$' --exclude-operation-id revoke-token --generation-database none --no-shrink \
    --continue-on-failure --request-timeout 20 --no-color --warnings off "$@"
}
run --phases examples,coverage --max-examples 5
run --phases fuzzing,stateful --max-examples 1000000 --max-time "${1:-120}"
for path in users roles contacts; do # what was sent was allowed to the end
  curl -fsS -o /dev/null -H "Authorization: Bearer $token" "http://$listen/api/v1/$path"
done
