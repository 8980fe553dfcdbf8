#!/usr/bin/env bash
# Tells Spark which GPUs this machine has, as spark.*.resource.gpu.discoveryScript asks for:
#   {"name": "gpu", "addresses": ["0","1"]}
# No GPU, or no working nvidia-smi, is an error with a message: Spark then refuses to start the
# worker or executor, instead of running a GPU job without a GPU.
set -euo pipefail

if ! command -v nvidia-smi > /dev/null; then
  echo "gpu-discovery: nvidia-smi is not on PATH; is the NVIDIA driver installed here?" >&2
  exit 1
fi
if ! listing=$(nvidia-smi --query-gpu=index --format=csv,noheader); then
  echo "gpu-discovery: nvidia-smi failed: $listing" >&2
  exit 1
fi

addresses=()
while read -r index; do
  if [[ $index =~ ^[0-9]+$ ]]; then
    addresses+=("\"$index\"")
  elif [[ -n $index ]]; then
    echo "gpu-discovery: nvidia-smi said \"$index\" where a GPU's number was expected." >&2
    exit 1
  fi
done <<< "$listing"

if ((${#addresses[@]} == 0)); then
  echo "gpu-discovery: nvidia-smi lists no GPU." >&2
  exit 1
fi
joined=$(IFS=,; echo "${addresses[*]}")
printf '{"name": "gpu", "addresses": [%s]}\n' "$joined"
