#!/usr/bin/env bash
# A dn2 command on Kubernetes, driver and executors as pods.
#   API=https://k8s:6443 IMAGE=registry/dn2:0.1.0 submit/kubernetes.sh nightly --conf conf/nightly.conf
# The image is that of submit/Containerfile. The file is read from the image's /opt/dn2/conf, by its
# name; it is not shipped, for that would need a folder for uploads.
#   S3_SECRET=dn2-s3   a secret with the keys access-key and secret-key, for the pods' environment;
#                      not needed where the service account has a role
# The exit code is the driver's, as spark-submit reports it; 3 where it reports none.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=prepare.sh
source "$(dirname -- "$(readlink -f -- "$0")")/prepare.sh"
need_command "$@"

API=${API:?set API to the address of the API server, such as https://k8s:6443}
IMAGE=${IMAGE:?set IMAGE to an image of submit/Containerfile}
hand_over spark.kubernetes.driverEnv
find_conf_in /opt/dn2/conf/ "$@"

# Names of keys only; the keys themselves stay in the cluster.
if [[ -n ${S3_SECRET:-} ]]; then
  for role in driver executor; do
    settings+=(--conf "spark.kubernetes.$role.secretKeyRef.AWS_ACCESS_KEY_ID=$S3_SECRET:access-key")
    settings+=(--conf "spark.kubernetes.$role.secretKeyRef.AWS_SECRET_ACCESS_KEY=$S3_SECRET:secret-key")
  done
fi

log=$(mktemp)
trap 'rm -f -- "$log"' EXIT

# spark-submit waits for the driver's end, and then succeeds whatever the driver's exit code was.
"$SPARK_SUBMIT" \
  --master "k8s://$API" \
  --deploy-mode cluster \
  --name "dn2-$1" \
  "${shape[@]}" \
  --conf spark.kubernetes.container.image="$IMAGE" \
  --conf spark.kubernetes.namespace="${NAMESPACE:-default}" \
  --conf spark.kubernetes.authenticate.driver.serviceAccountName="${SERVICE_ACCOUNT:-dn2}" \
  --conf spark.kubernetes.driverEnv.LC_ALL=C.UTF-8 \
  --conf spark.kubernetes.submission.waitAppCompletion=true \
  ${settings[@]+"${settings[@]}"} \
  --class org.dn2.Main \
  local:///opt/dn2/dn2.jar "${arguments[@]}" 2>&1 | tee -- "$log" >&2 ||
  echo "$0: spark-submit failed." >&2

code=$(sed -n 's/^.*[Ee]xit code: \([0-9][0-9]*\).*$/\1/p' "$log" | tail -n 1)
if [[ -z $code ]]; then
  echo "$0: spark-submit did not say how the driver ended; see its pod's log and dn2 runs." >&2
fi
exit "${code:-3}"
