#!/usr/bin/env bash
# A dn2 command on YARN.
#   submit/yarn.sh nightly --conf conf/nightly.conf
#   DEPLOY_MODE=cluster submit/yarn.sh nightly --conf conf/nightly.conf
# Paths in the file should be hdfs:// or s3a://. By default the driver runs here: dn2's exit code is
# this script's, and metrics-file and password-file are files of this machine. In the cluster any
# failure is exit code 1, and "dn2 runs" says why.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=prepare.sh
source "$(dirname -- "$(readlink -f -- "$0")")/prepare.sh"
need_command "$@"

DEPLOY_MODE=${DEPLOY_MODE:-client}
arguments=("$@")
files=$home/conf/gpu-discovery.sh # which conf/spark-defaults-gpu.conf names
settings=()
if [[ $DEPLOY_MODE == cluster ]]; then
  hand_over spark.yarn.appMasterEnv
  find_conf_in "" "$@" # --files puts it into the driver's working folder
  for file in ${conf_files[@]+"${conf_files[@]}"}; do
    files+=,$file
  done
fi

# maxAppAttempts 1: whoever started this repeats it, with the same run id; YARN does not.
exec "$SPARK_SUBMIT" \
  --master yarn \
  --deploy-mode "$DEPLOY_MODE" \
  --name "dn2 $1" \
  --queue "${QUEUE:-default}" \
  --files "$files" \
  "${shape[@]}" \
  --conf spark.yarn.maxAppAttempts=1 \
  --conf spark.yarn.appMasterEnv.LC_ALL=C.UTF-8 \
  ${settings[@]+"${settings[@]}"} \
  --class org.dn2.Main \
  "$home/target/dn2.jar" "${arguments[@]}"
