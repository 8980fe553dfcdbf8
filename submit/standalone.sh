#!/usr/bin/env bash
# One DN2 run on a Spark standalone cluster.
#   MASTER=spark://head:7077 submit/standalone.sh conf/cifar10-sample.conf --run-id first
# Paths in the conf file must mean the same on every worker: shared storage, HDFS or S3.
set -euo pipefail
cd "$(dirname "$0")/.."

# Java tells file names beyond ASCII in a UTF-8 locale only: here, and in executors.
if [[ $(locale charmap 2> /dev/null || true) != UTF-8 ]]; then
  export LC_ALL=C.UTF-8
fi

MASTER=${MASTER:-spark://localhost:7077}
SPARK_SUBMIT=${SPARK_SUBMIT:-spark-submit}   # of a Spark 4.1 distribution for Scala 2.13
EXECUTOR_CORES=${EXECUTOR_CORES:-4}
TOTAL_CORES=${TOTAL_CORES:-8}
EXECUTOR_MEMORY=${EXECUTOR_MEMORY:-4g}       # heap only, see below
CONF=${1:?usage: submit/standalone.sh CONF_FILE [more options of dn2 run]}
shift

# spark.task.cpus = the executor's cores: one task at a time, and libtorch uses all its cores.
#   The other way round (one core per task) needs a copy of the activations per task and is slower.
# Standalone workers do not count memory outside the heap. Leave about 3 GiB per executor free on
#   each machine for libtorch: give the workers less memory (SPARK_WORKER_MEMORY) than there is.
exec "$SPARK_SUBMIT" \
  --master "$MASTER" \
  --deploy-mode client \
  --name dn2 \
  --executor-cores "$EXECUTOR_CORES" \
  --total-executor-cores "$TOTAL_CORES" \
  --executor-memory "$EXECUTOR_MEMORY" \
  --driver-memory "${DRIVER_MEMORY:-4g}" \
  --conf spark.task.cpus="$EXECUTOR_CORES" \
  --conf spark.executorEnv.LC_ALL=C.UTF-8 \
  --class org.dn2.Main \
  target/dn2.jar run --conf "$CONF" "$@"
