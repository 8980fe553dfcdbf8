#!/usr/bin/env bash
# One DN2 run on Kubernetes, driver and executors as pods.
#   API=https://k8s:6443 IMAGE=registry/dn2:0.1.0 submit/kubernetes.sh conf/nightly.conf
# The image is a Spark 4.1 image (Scala 2.13, Java 17) with two things added:
#   target/dn2.jar as /opt/dn2/dn2.jar, and this folder's conf/ as /opt/dn2/conf.
# Its C library must be glibc (Debian, Ubuntu): libtorch does not run on Alpine.
set -euo pipefail
cd "$(dirname "$0")/.."

# Java tells file names beyond ASCII in a UTF-8 locale only: here, and in executors.
if [[ $(locale charmap 2> /dev/null || true) != UTF-8 ]]; then
  export LC_ALL=C.UTF-8
fi

API=${API:?set API to the address of the API server, such as https://k8s:6443}
IMAGE=${IMAGE:?set IMAGE to a Spark image that holds /opt/dn2}
NAMESPACE=${NAMESPACE:-default}
SERVICE_ACCOUNT=${SERVICE_ACCOUNT:-spark}    # may create pods, services and config maps
SPARK_SUBMIT=${SPARK_SUBMIT:-spark-submit}
EXECUTORS=${EXECUTORS:-4}
EXECUTOR_CORES=${EXECUTOR_CORES:-4}
EXECUTOR_MEMORY=${EXECUTOR_MEMORY:-4g}
MEMORY_OVERHEAD=${MEMORY_OVERHEAD:-3g}
CONF=${1:?usage: submit/kubernetes.sh conf/NAME.conf [more options of dn2 run]}
shift

environment=()
for name in DN2_REFERENCE DN2_INBOX DN2_OUT DN2_SCORES DN2_DETECTOR DN2_MODEL DN2_DEVICE DN2_DATA; do
  if [[ -n ${!name:-} ]]; then
    environment+=(--conf "spark.kubernetes.driverEnv.$name=${!name}")
  fi
done

# The conf file is read from the image, not shipped: --files would need a shared upload folder.
# memoryOverhead is part of the pod's memory limit; above it the pod is killed.
# executor.request.cores is what a pod reserves; libtorch's threads follow spark.task.cpus.
exec "$SPARK_SUBMIT" \
  --master "k8s://$API" \
  --deploy-mode cluster \
  --name dn2 \
  --num-executors "$EXECUTORS" \
  --executor-cores "$EXECUTOR_CORES" \
  --executor-memory "$EXECUTOR_MEMORY" \
  --driver-memory "${DRIVER_MEMORY:-4g}" \
  --conf spark.kubernetes.container.image="$IMAGE" \
  --conf spark.kubernetes.namespace="$NAMESPACE" \
  --conf spark.kubernetes.authenticate.driver.serviceAccountName="$SERVICE_ACCOUNT" \
  --conf spark.kubernetes.executor.request.cores="$EXECUTOR_CORES" \
  --conf spark.executor.memoryOverhead="$MEMORY_OVERHEAD" \
  --conf spark.task.cpus="$EXECUTOR_CORES" \
  --conf spark.executorEnv.LC_ALL=C.UTF-8 \
  --conf spark.kubernetes.driverEnv.LC_ALL=C.UTF-8 \
  ${environment[@]+"${environment[@]}"} \
  --class org.dn2.Main \
  local:///opt/dn2/dn2.jar run --conf "/opt/dn2/conf/$(basename "$CONF")" "$@"
