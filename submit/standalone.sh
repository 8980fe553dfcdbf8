#!/usr/bin/env bash
# A dn2 command on a Spark standalone cluster.
#   MASTER=spark://head:7077 submit/standalone.sh nightly --conf conf/nightly.conf
# Paths must mean the same on every worker: shared storage, HDFS or S3. The driver runs here, so
# that dn2's exit code is this script's.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=prepare.sh
source "$(dirname -- "$(readlink -f -- "$0")")/prepare.sh"
need_command "$@"

# Workers do not count memory outside the heap: give them (SPARK_WORKER_MEMORY) as much less than
# the machine has as their executors' spark.executor.memoryOverhead.
exec "$SPARK_SUBMIT" \
  --master "${MASTER:-spark://localhost:7077}" \
  --deploy-mode client \
  --name "dn2 $1" \
  "${shape[@]}" \
  --class org.dn2.Main \
  "$home/target/dn2.jar" "$@"
