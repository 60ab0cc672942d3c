#!/usr/bin/env bash
# An OpenID Connect provider on loopback, client app, secret app-secret, who signs in with any name and password
# (oidc.mjs): oidc.sh start DIR PORT | stop DIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=${2:?usage: oidc.sh start DIR PORT or stop DIR}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
case ${1:?} in
start)
  port=${3:?a port}
  version=9.13.3
  command -v npm >/dev/null || { echo "oidc.sh: npm is missing: install Node.js with npm" >&2; exit 1; }
  packages=${GROUNDSWELL_NODE_PACKAGES:-$HOME/.cache/groundswell/node}/oidc-provider-$version
  if [ ! -f "$packages/complete" ]; then
    mkdir -p "$packages"
    npm install --silent --no-audit --no-fund --no-save --prefix "$packages" "oidc-provider@$version" >&2
    touch "$packages/complete"
  fi
  cp "$here/oidc.mjs" "$packages/oidc.mjs" # a module finds packages beside itself only
  node "$packages/oidc.mjs" "$port" >"$dir/oidc.log" 2>&1 &
  echo $! >"$dir/pid"
  for _ in $(seq 200); do
    curl -fs "http://127.0.0.1:$port/.well-known/openid-configuration" >/dev/null 2>&1 && exit 0
    kill -0 "$(cat "$dir/pid")" 2>/dev/null || break
    sleep 0.1
  done
  echo "oidc.sh: the provider did not start:" >&2
  tail -20 "$dir/oidc.log" >&2
  exit 1
  ;;
stop)
  [ ! -f "$dir/pid" ] || kill "$(cat "$dir/pid")" 2>/dev/null || true
  rm -f "$dir/pid"
  ;;
*) echo "usage: oidc.sh start DIR PORT | stop DIR" >&2; exit 2 ;;
esac
