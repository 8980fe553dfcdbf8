#!/usr/bin/env bash
# Scores one day's images: yesterday's, or those of the day given as YYYY-MM-DD.
#   DN2_STORE=s3a://plant submit/nightly.sh [2026-11-23]
# The run's id is the day. A repeat after a failure goes on where the run stopped, and a repeat by
# mistake embeds nothing anew unless images have changed, and replaces the day's scores: one set of
# rows per day, never two. All days' scores are one table. Two runs of one day at once are not kept
# apart, hence flock below.
# Set DN2_DETECTOR to use a detector fitted before instead of fitting one to normal/ every night.
#
# cron (time zone of the machine; one run at a time):
#   30 1 * * *  DN2_STORE=s3a://plant flock -n /run/lock/dn2 /opt/dn2/submit/nightly.sh
#
# systemd, dn2-nightly.service:           dn2-nightly.timer:
#   [Service]                               [Timer]
#   Type=oneshot                            OnCalendar=*-*-* 01:30
#   User=dn2                                Persistent=true
#   Environment=DN2_STORE=s3a://plant
#   ExecStart=/opt/dn2/submit/nightly.sh    [Install]
#                                           WantedBy=timers.target
# Exit codes: 1 usage, 2 the day's data (too many rejects, nothing there), 3 internal.
set -euo pipefail
cd "$(dirname "$0")/.."

DN2_STORE=${DN2_STORE:?set DN2_STORE to the folder that holds normal/ and inbox/}
SUBMIT=${SUBMIT:-submit/yarn.sh}             # or submit/standalone.sh, submit/kubernetes.sh
DAY=${1:-$(date --date=yesterday +%F)}
if [[ ! $DAY =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]]; then
  echo "nightly: \"$DAY\" is no day; write it as YYYY-MM-DD." >&2
  exit 1
fi

export DN2_REFERENCE=${DN2_REFERENCE:-$DN2_STORE/normal}
export DN2_INBOX=${DN2_INBOX:-$DN2_STORE/inbox/$DAY}
export DN2_OUT=${DN2_OUT:-$DN2_STORE/dn2/$DAY}
export DN2_SCORES=${DN2_SCORES:-$DN2_STORE/dn2/scores}

exec "$SUBMIT" conf/nightly.conf --run-id "$DAY" --run-date "$DAY"
