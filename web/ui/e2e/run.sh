#!/usr/bin/env bash
# The pages of a running demo in a real browser: run.sh [--picture FILE.png]. Needs bin/groundswell and Chromium.
set -euo pipefail
cd "$(dirname "$0")/../../.."
work=$(mktemp -d)
demo=
finish() {
  if [ -n "$demo" ]; then
    kill "$demo" 2>/dev/null || true
    wait "$demo" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT
port=$(node -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
export GROUNDSWELL_ADMIN_PASSWORD=correct-horse-battery-staple
bin/groundswell demo --listen "127.0.0.1:$port" --data "$work/data" >"$work/log" 2>&1 &
demo=$!
for _ in $(seq 200); do
  node -e 'fetch(process.argv[1]).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))' "http://127.0.0.1:$port/readyz" && break
  kill -0 "$demo" 2>/dev/null || { cat "$work/log"; exit 1; }
  sleep 0.2
done
cd web/ui && node e2e/run.mjs --url "http://127.0.0.1:$port" "$@"
