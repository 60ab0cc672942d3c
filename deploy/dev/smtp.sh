#!/usr/bin/env bash
# A mail server on loopback that demands STARTTLS (DIR/ca.pem) and AUTH, user app, password app-secret, and
# keeps each mail as DIR/mails/NUMBER.eml: smtp.sh start DIR PORT | stop DIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=${2:?usage: smtp.sh start DIR PORT or stop DIR}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
case ${1:?} in
start)
  port=${3:?a port}
  python=$("$here/python.sh" aiosmtpd==1.4.6)
  [ -f "$dir/key.pem" ] || openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1,DNS:localhost -keyout "$dir/key.pem" -out "$dir/ca.pem" 2>/dev/null
  "$python" "$here/smtp.py" "$dir" "$port" >"$dir/smtp.log" 2>&1 &
  echo $! >"$dir/pid"
  for _ in $(seq 200); do
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && exit 0
    kill -0 "$(cat "$dir/pid")" 2>/dev/null || break
    sleep 0.1
  done
  echo "smtp.sh: the mail server did not start:" >&2
  tail -20 "$dir/smtp.log" >&2
  exit 1
  ;;
stop)
  [ ! -f "$dir/pid" ] || kill "$(cat "$dir/pid")" 2>/dev/null || true
  rm -f "$dir/pid"
  ;;
*) echo "usage: smtp.sh start DIR PORT | stop DIR" >&2; exit 2 ;;
esac
