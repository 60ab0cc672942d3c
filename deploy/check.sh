#!/usr/bin/env bash
# Checks what can be checked of deploy/ without a container engine.
set -euo pipefail
cd "$(dirname "$0")/.."
# systemd-analyze says what it dislikes and still exits 0: any output is a failure. It wants the
# program to exist, so the unit is checked with this build's path in its place.
if command -v systemd-analyze >/dev/null; then
  unit=$(mktemp -d)/groundswell.service
  sed "s|/usr/bin/groundswell|$PWD/bin/groundswell|" deploy/systemd/groundswell.service >"$unit"
  said=$(systemd-analyze verify --man=no "$unit" 2>&1 | grep -v '^$' || true)
  if [ -n "$said" ]; then
    echo "deploy/systemd/groundswell.service:"
    echo "$said"
    exit 1
  fi
fi
for script in deploy/*.sh deploy/*/*.sh web/ui/e2e/*.sh .ci/run; do bash -n "$script"; done
echo "deploy: the systemd unit and the scripts are in order"
