#!/usr/bin/env bash
# Prints a Python that has the packages, which it installs at the first call: python.sh PACKAGE==VERSION…
set -euo pipefail
venv=${GROUNDSWELL_PYTHON_ENVS:-$HOME/.cache/groundswell/python}/$(printf '%s' "$*" | tr -c 'A-Za-z0-9._\n' -)
if [ ! -f "$venv/complete" ]; then
  python3 -m venv --clear "$venv" >&2 || { echo "python.sh: python3 with venv is missing: install python3-venv" >&2; exit 1; }
  "$venv/bin/pip" install -q --disable-pip-version-check --only-binary=:all: "$@" >&2
  touch "$venv/complete"
fi
echo "$venv/bin/python"
