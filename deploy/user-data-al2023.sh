#!/bin/bash
# The Employee Directory on Amazon Linux 2023. Fill in the first two settings and paste the whole
# file into "User data". Run again as root with a newer archive, it upgrades.
settings() { cat <<'END_OF_SETTINGS'
APP_ARCHIVE=<where the archive lies: https://..., s3://... or file:///...>
APP_SHA256=<its sha256, as deploy/build-archive prints it>
# Take the mark off for a setup code of your own, of 12 characters or more, in place of the one on the console:
# SETUP_CODE=
# Who may do what without a sign-in: read-only, or sign-in (nothing), or open (everything, for everybody):
# ACCESS=read-only
PHOTOS_BUCKET=
AWS_DEFAULT_REGION=
DYNAMO_MODE=on
END_OF_SETTINGS
} # Any other setting of docs/administration.md may be added above: NAME=value, a line each.

# All that differs between the systems here; the rest is in deploy/install/ of the archive.
export SYSTEM=al2023
UNPACK="python3 -m zipfile -e"

set -Eeuo pipefail
export BOOTSTRAP_LOG=${BOOTSTRAP_LOG:-/var/log/employee-directory-bootstrap.log}
exec > >(exec tee -a "$BOOTSTRAP_LOG") 2>&1
[[ $SYSTEM != al2 ]] || echo "Support for Amazon Linux 2 ended on 2026-06-30: take Amazon Linux 2023 for new machines."
stop() {
  echo "The Employee Directory was not installed. $1"
  { echo "The Employee Directory was not installed. $1" >/dev/console; } 2>/dev/null || true
  exit 1
}
trap 'stop "Line $LINENO of the user data failed: $BASH_COMMAND. Mend what it says above and run the script again."' ERR

SETTINGS="PHOTOS_BUCKET AWS_DEFAULT_REGION"
while IFS= read -r line; do # a variable of the same name in the environment wins over its line
  line=${line//$'\xef\xbb\xbf'/}
  [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Z][A-Z0-9_]*)[[:space:]]*=[[:space:]]*(.*[^[:space:]])?[[:space:]]*$ ]] || continue
  name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
  if [[ $name =~ ^(APP|AWS|DYNAMO)_|^PHOTOS_BUCKET$ ]]; then
    value=" $value" value=${value%%[[:space:]]#*} value=${value%"${value##*[![:space:]]}"} value=${value# }
  fi
  if [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]]; then value=${BASH_REMATCH[1]}; fi
  export "$name=${!name:-$value}" SETTINGS="$SETTINGS $name"
done < <(settings)
if [[ ${PHOTOS_BUCKET:-} =~ ^(\$\{?SUB_PHOTOS_BUCKET\}?)?$ ]]; then # the course's name for it
  export PHOTOS_BUCKET=${SUB_PHOTOS_BUCKET:-${PHOTOS_BUCKET:-}}
fi
# Also as sha256sum prints it, or in capitals:
[[ ${APP_SHA256:-} =~ ^([0-9a-fA-F]{64})[[:space:]] || ${APP_SHA256:-} =~ ^([0-9A-F]{64})$ ]] && export APP_SHA256=${BASH_REMATCH[1],,}
[[ ${APP_ARCHIVE:-} =~ ^(https|s3|file)://[^\<{]+$ ]] ||
  stop "The line APP_ARCHIVE=${APP_ARCHIVE:-} has to name the archive: https://..., s3://... or file:///..."
[[ ${APP_SHA256:-} =~ ^[0-9a-f]{64}$ ]] ||
  stop "The line APP_SHA256=${APP_SHA256:-} has to hold 64 characters of 0-9 and a-f, as deploy/build-archive prints them."
[[ $EUID == 0 ]] || stop "It has to be run as root."
if [[ -z ${AWS_DEFAULT_REGION:-} ]]; then
  imds=${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}/latest
  token=$(curl -sf -m 2 --retry 1 -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" "$imds/api/token" || true)
  region=$(curl -sf -m 2 --retry 1 -H "X-aws-ec2-metadata-token: $token" "$imds/meta-data/placement/region" || true)
  if [[ $region =~ ^[a-z]+(-[a-z]+)+-[0-9]+$ ]]; then
    export AWS_DEFAULT_REGION=$region
  fi
fi

{ exec 9>/run/employee-directory-install.lock && flock -w 600 9; } || stop "Another installation has been running for ten minutes."
mkdir -p /opt/employee-directory/releases
release=/opt/employee-directory/releases/$APP_SHA256
archive=$(mktemp /opt/employee-directory/archive.XXXXXX)
trap 'rm -f "$archive"' EXIT
echo "Fetching $APP_ARCHIVE"
case $APP_ARCHIVE in
  s3://*) aws s3 cp --only-show-errors "$APP_ARCHIVE" "$archive" ;;
  *) curl -fsSL --retry 5 --proto =https,file --proto-redir =https -o "$archive" "$APP_ARCHIVE" ;;
esac || stop "The archive could not be fetched: mend the line APP_ARCHIVE=$APP_ARCHIVE."
sha256sum --check --status <<<"$APP_SHA256  $archive" ||
  stop "The archive is not the one that was meant: its sha256 is $(sha256sum <"$archive" | cut -c1-64), and the line APP_SHA256=$APP_SHA256 says another."
if [[ ! -e $release/.complete ]]; then
  rm -rf "$release"
  $UNPACK "$archive" "$release"
fi
rm -f "$archive" && export SETTINGS && exec bash "$release/deploy/install.sh"
