#!/usr/bin/env bash
# One DN2 run on YARN, the driver in the cluster too.
#   submit/yarn.sh conf/nightly.conf --run-id 2026-11-24
# Paths in the conf file should be hdfs:// or s3a://. A file's environment variables (${?NAME})
# are those of the driver's container: hand them over as spark.yarn.appMasterEnv.NAME, see below.
set -euo pipefail
cd "$(dirname "$0")/.."

# Java tells file names beyond ASCII in a UTF-8 locale only: here, and in executors.
if [[ $(locale charmap 2> /dev/null || true) != UTF-8 ]]; then
  export LC_ALL=C.UTF-8
fi

SPARK_SUBMIT=${SPARK_SUBMIT:-spark-submit}   # of a Spark 4.1 distribution for Scala 2.13
QUEUE=${QUEUE:-default}
EXECUTORS=${EXECUTORS:-4}
EXECUTOR_CORES=${EXECUTOR_CORES:-4}
EXECUTOR_MEMORY=${EXECUTOR_MEMORY:-4g}
MEMORY_OVERHEAD=${MEMORY_OVERHEAD:-3g}
CONF=${1:?usage: submit/yarn.sh CONF_FILE [more options of dn2 run]}
shift

environment=()
for name in DN2_REFERENCE DN2_INBOX DN2_OUT DN2_SCORES DN2_DETECTOR DN2_MODEL DN2_DEVICE DN2_DATA; do
  if [[ -n ${!name:-} ]]; then
    environment+=(--conf "spark.yarn.appMasterEnv.$name=${!name}")
  fi
done

# --files puts the conf file into the driver's working folder, so it is named there without a path.
# memoryOverhead: libtorch's weights and activations lie outside the heap; with Spark's default of
#   a tenth of the heap YARN kills the container.
# spark.task.cpus = the executor's cores: one task at a time, and libtorch uses all its cores.
# maxAppAttempts 1: a failed run is repeated by the scheduler, not by YARN; with the same run-id it
#   goes on where it stopped.
exec "$SPARK_SUBMIT" \
  --master yarn \
  --deploy-mode cluster \
  --name dn2 \
  --queue "$QUEUE" \
  --num-executors "$EXECUTORS" \
  --executor-cores "$EXECUTOR_CORES" \
  --executor-memory "$EXECUTOR_MEMORY" \
  --driver-memory "${DRIVER_MEMORY:-4g}" \
  --files "$CONF" \
  --conf spark.executor.memoryOverhead="$MEMORY_OVERHEAD" \
  --conf spark.task.cpus="$EXECUTOR_CORES" \
  --conf spark.executorEnv.LC_ALL=C.UTF-8 \
  --conf spark.yarn.appMasterEnv.LC_ALL=C.UTF-8 \
  --conf spark.yarn.maxAppAttempts=1 \
  ${environment[@]+"${environment[@]}"} \
  --class org.dn2.Main \
  target/dn2.jar run --conf "$(basename "$CONF")" "$@"
