# shellcheck shell=bash
# Sourced by the cluster scripts of this folder: what they have in common.
# Sets home, SPARK_SUBMIT and shape, and has the functions below.

# Java tells file names beyond ASCII in a UTF-8 locale only; cron, systemd and containers set none.
if [[ $(locale charmap 2> /dev/null || true) != UTF-8 ]]; then
  export LC_ALL=C.UTF-8
fi

home=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
SPARK_SUBMIT=${SPARK_SUBMIT:-spark-submit} # of a Spark 4.1 distribution for Scala 2.13

if ! command -v "$SPARK_SUBMIT" > /dev/null; then
  echo "$0: there is no program $SPARK_SUBMIT. Set SPARK_SUBMIT to bin/spark-submit of a Spark 4.1" \
    "distribution for Scala 2.13, or put its bin folder on PATH." >&2
  exit 1
fi

# Sizes and faults: conf/spark-defaults-cpu.conf or -gpu.conf, or a copy of your own. What stands in
# $SPARK_HOME/conf/spark-defaults.conf (the store, the event log) is read as well, and yields to it.
DN2_SPARK_CONF=${DN2_SPARK_CONF:-$home/conf/spark-defaults-cpu.conf}
if [[ ! -r $DN2_SPARK_CONF ]]; then
  echo "$0: DN2_SPARK_CONF is \"$DN2_SPARK_CONF\", which cannot be read." >&2
  exit 1
fi
# For the scripts that source this.
# shellcheck disable=SC2034
shape=(--properties-file "$DN2_SPARK_CONF" --load-spark-defaults)

need_command() {
  if (($# == 0)); then
    echo "usage: $0 COMMAND [options], as for ./dn2: $0 nightly --conf conf/nightly.conf" >&2
    exit 1
  fi
}

# Fills "settings" with the variables DN2_* of this shell, which configuration files name as
# ${NAME}, for a driver that runs elsewhere.
#   hand_over spark.yarn.appMasterEnv
hand_over() {
  local name
  settings=()
  for name in ${!DN2_@}; do
    case $name in
      DN2_CACHE | DN2_CONF | DN2_HEAP | DN2_HOME | DN2_JAVA_OPTS | DN2_SPARK_CONF) ;; # of this machine
      *PASSWORD* | *SECRET* | *TOKEN* | *_KEY*)
        echo "$0: $name is not handed over: everyone on this machine can read a command line." >&2
        ;;
      *) [[ -z ${!name} ]] || settings+=(--conf "$1.$name=${!name}") ;;
    esac
  done
}

# Fills "arguments" with those of dn2, the file of --conf named where the driver finds it, and
# "conf_files" with that file as it is here.
#   find_conf_in FOLDER/ nightly --conf conf/nightly.conf
find_conf_in() {
  local folder=$1 file
  shift
  arguments=()
  conf_files=()
  while (($# > 0)); do
    file=
    case $1 in
      --conf) file=${2:?--conf needs a file}; shift ;;
      --conf=*) file=${1#--conf=} ;;
      *) arguments+=("$1") ;;
    esac
    if [[ -n $file ]]; then
      conf_files+=("$file")
      arguments+=(--conf "$folder${file##*/}")
    fi
    shift
  done
}
