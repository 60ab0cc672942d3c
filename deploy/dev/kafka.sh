#!/usr/bin/env bash
# Apache Kafka as one KRaft node on loopback: kafka.sh start DIR PORT | stop DIR
# It takes PORT without passwords, PORT+1 for itself, and PORT+2 with TLS (DIR/ca.pem) and SASL: PLAIN and
# SCRAM-SHA-256, user app, password app-secret.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=${2:?usage: kafka.sh start DIR PORT or stop DIR}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
case ${1:?} in
start)
  port=${3:?a port}
  libs=${GROUNDSWELL_KAFKA_LIBS:-$HOME/.cache/groundswell/kafka-libs}
  if ! ls "$libs"/kafka_2.13-*.jar >/dev/null 2>&1; then
    command -v mvn >/dev/null || { echo "kafka.sh: mvn is missing: install maven" >&2; exit 1; }
    mvn -B -q -f "$here/kafka-pom.xml" dependency:copy-dependencies -DoutputDirectory="$libs" -DincludeScope=runtime >&2
  fi
  cat >"$dir/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 1))
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1)),SASL_SSL://127.0.0.1:$((port + 2))
advertised.listeners=PLAINTEXT://127.0.0.1:$port,SASL_SSL://127.0.0.1:$((port + 2))
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_app="app-secret";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location=$dir/keystore.pem
log.dirs=$dir/data
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
min.insync.replicas=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
log.cleaner.dedupe.buffer.size=16777216
message.max.bytes=2097152
PROPERTIES
  cat >"$dir/log4j.properties" <<PROPERTIES
log4j.rootLogger=INFO, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d %p %m (%c)%n
PROPERTIES
  [ -f "$dir/keystore.pem" ] || {
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
      -keyout "$dir/key.pem" -out "$dir/ca.pem" 2>/dev/null
    cat "$dir/key.pem" "$dir/ca.pem" >"$dir/keystore.pem"
  }
  [ -d "$dir/data" ] || java -Xmx256m -cp "$libs/*" kafka.tools.StorageTool format -t R3JvdW5kc3dlbGxEZXYwMQ -c "$dir/server.properties" \
    --add-scram 'SCRAM-SHA-256=[name=app,password=app-secret]' >"$dir/format.log" 2>&1
  : >"$dir/kafka.log"
  java -Xms256m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError \
    -Dlog4j.configuration="file:$dir/log4j.properties" -cp "$libs/*" kafka.Kafka "$dir/server.properties" >"$dir/kafka.log" 2>&1 &
  echo $! >"$dir/pid"
  # Ready when it says so, not when the port opens.
  for _ in $(seq 600); do
    grep -q "Kafka Server started" "$dir/kafka.log" && exit 0
    kill -0 "$(cat "$dir/pid")" 2>/dev/null || break
    sleep 0.1
  done
  echo "kafka.sh: Kafka did not start; the end of $dir/kafka.log:" >&2
  tail -20 "$dir/kafka.log" >&2
  exit 1
  ;;
stop)
  [ -f "$dir/pid" ] || exit 0
  pid=$(cat "$dir/pid")
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -9 "$pid" 2>/dev/null || true
  rm -f "$dir/pid"
  ;;
*) echo "usage: kafka.sh start DIR PORT | stop DIR" >&2; exit 2 ;;
esac
