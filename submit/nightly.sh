#!/usr/bin/env bash
# One night: scores yesterday's images, or those of a day given as YYYY-MM-DD.
#   SUBMIT=submit/yarn.sh DN2_PLANT=s3a://plant/dn2 submit/nightly.sh [2026-11-23 [OPTIONS]]
# OPTIONS are those of dn2 nightly, such as --expect-images. The run's id is the day: a repeat, by
# hand or by a scheduler, goes on where the night stopped and touches that night's rows only.
# Two nights at once are kept apart by dn2: the second ends with code 2 and names the first.
#
#   SUBMIT      ./dn2 (this machine), submit/standalone.sh, submit/yarn.sh or submit/kubernetes.sh
#   DN2_CONF    the configuration; default conf/nightly.conf, which names further variables
# Exit codes: 0 done, also without a new image; 1 usage; 2 the data, a setting, or another run at
# work; 3 internal.
set -euo pipefail
home=$(cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd)

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
  exit 0
fi

SUBMIT=${SUBMIT:?set SUBMIT to ./dn2, submit/standalone.sh, submit/yarn.sh or submit/kubernetes.sh}
[[ $SUBMIT == /* ]] || SUBMIT=$home/$SUBMIT
if [[ ! -x $SUBMIT ]]; then
  echo "nightly: SUBMIT is \"$SUBMIT\", which is no program. Set it to ./dn2, submit/standalone.sh," \
    "submit/yarn.sh or submit/kubernetes.sh." >&2
  exit 1
fi
day=${1:-$(date --date=yesterday +%F)}
if [[ ! $day =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]]; then
  echo "nightly: \"$day\" is no day; write it as YYYY-MM-DD." >&2
  exit 1
fi

exec "$SUBMIT" nightly --conf "${DN2_CONF:-$home/conf/nightly.conf}" \
  --run-date "$day" --run-id "$day" "${@:2}"
