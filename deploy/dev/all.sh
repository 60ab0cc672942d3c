#!/usr/bin/env bash
# All servers that make test-real reads: eval "$(all.sh start DIR)" starts them and sets its variables; all.sh stop DIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=${2:?usage: all.sh start DIR or stop DIR}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
# Kafka takes three in a row.
free_ports() {
  python3 -c '
import socket
while True:
    first = socket.socket(); first.bind(("127.0.0.1", 0)); port = first.getsockname()[1]
    try:
        for i in (1, 2): socket.socket().bind(("127.0.0.1", port + i))
    except OSError:
        continue
    print(port)
    break'
}
case ${1:?} in
start)
  kafka=$(free_ports) postgres=$(free_port) redis=$(free_port) smtp=$(free_port) alertmanager=$(free_port) matrix=$(free_port) oidc=$(free_port)
  "$here/matrix.sh" start "$dir/matrix" "$matrix" >&2 & # beside the others: it takes the longest
  waited=$!
  "$here/kafka.sh" start "$dir/kafka" "$kafka" >&2
  "$here/postgres.sh" start "$dir/postgres" "$postgres" >&2
  "$here/redis.sh" start "$dir/redis" "$redis" >&2
  "$here/smtp.sh" start "$dir/smtp" "$smtp" >&2
  "$here/alertmanager.sh" start "$dir/alertmanager" "$alertmanager" >&2
  "$here/oidc.sh" start "$dir/oidc" "$oidc" >&2
  wait "$waited"
  . "$dir/matrix/env"
  echo "export GROUNDSWELL_TEST_KAFKA=127.0.0.1:$kafka"
  echo "export GROUNDSWELL_TEST_KAFKA_SASL=127.0.0.1:$((kafka + 2)),$dir/kafka/ca.pem"
  echo "export GROUNDSWELL_TEST_POSTGRES='postgres://app@127.0.0.1:$postgres/app?sslmode=disable'"
  echo "export GROUNDSWELL_TEST_REDIS=127.0.0.1:$redis"
  echo "export GROUNDSWELL_TEST_SMTP=127.0.0.1:$smtp,$dir/smtp/ca.pem,$dir/smtp/mails"
  echo "export GROUNDSWELL_TEST_ALERTMANAGER=http://127.0.0.1:$alertmanager"
  echo "export GROUNDSWELL_TEST_MATRIX='http://127.0.0.1:$matrix,$TOKEN,$ROOM'"
  echo "export GROUNDSWELL_TEST_OIDC=http://127.0.0.1:$oidc"
  ;;
stop)
  for server in kafka postgres redis smtp alertmanager matrix oidc; do "$here/$server.sh" stop "$dir/$server"; done
  ;;
*) echo "usage: all.sh start DIR | stop DIR" >&2; exit 2 ;;
esac
