#!/bin/bash
# Installs the release in which it lies, or goes back to the one before: install.sh [--rollback]
# The user data calls it; by hand it needs root, and nothing else on Amazon Linux.
set -Eeuo pipefail
umask 022

SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
ROOT=/opt/employee-directory
RELEASES=$ROOT/releases
CURRENT=$ROOT/current
PREVIOUS=$ROOT/previous
CONFIG=/etc/employee-directory
STATE=/var/lib/employee-directory
OWNER=employee-directory
LOCK=/run/employee-directory-install.lock

# shellcheck source=deploy/install/reporting.sh
. "$SOURCE/deploy/install/reporting.sh"
# shellcheck source=deploy/install/settings.sh
. "$SOURCE/deploy/install/settings.sh"
# shellcheck source=deploy/install/release.sh
. "$SOURCE/deploy/install/release.sh"
# shellcheck source=deploy/install/pages.sh
. "$SOURCE/deploy/install/pages.sh"
# shellcheck source=deploy/install/handover.sh
. "$SOURCE/deploy/install/handover.sh"
# shellcheck source=deploy/install/takeover.sh
. "$SOURCE/deploy/install/takeover.sh"
# shellcheck source=deploy/install/setup_link.sh
. "$SOURCE/deploy/install/setup_link.sh"
# shellcheck source=deploy/install/signal.sh
. "$SOURCE/deploy/install/signal.sh"
# shellcheck source=deploy/install/logs.sh
. "$SOURCE/deploy/install/logs.sh"

# Asked only when the user data does not say.
find_out_the_system() {
  local name
  name=$(. /etc/os-release && echo "${ID:-}${VERSION_ID:-}")
  case $name in
    amzn2023*) SYSTEM=al2023 ;;
    amzn2)
      SYSTEM=al2
      say_aloud "Support for Amazon Linux 2 ended on 2026-06-30: take Amazon Linux 2023 for new machines."
      ;;
    *) stop "This system ($name) is neither Amazon Linux 2023 nor 2: say which one it is like, SYSTEM=al2023 or SYSTEM=al2." ;;
  esac
}

install_release() {
  if [[ -z ${SYSTEM:-} ]]; then find_out_the_system; fi
  [[ $SYSTEM =~ ^al2(023)?$ ]] || stop "SYSTEM=$SYSTEM is neither al2023 nor al2."
  # shellcheck source=deploy/install/al2023.sh
  . "$SOURCE/deploy/install/$SYSTEM.sh"
  step "installing what the system has to bring" "Look whether this machine reaches its package repositories."
  provide_stress
  step "making the user $OWNER" "Look at what useradd says above."
  make_user
  place_release
  step "building the release $RELEASE" "Look whether this machine reaches PyPI, or take an archive with a wheelhouse: deploy/build-archive --wheelhouse $SYSTEM/$(uname -m)."
  build_environment
  step "writing the settings" "Look at $CONFIG/env."
  write_settings
  remember_answers
  step "making what is missing in the database and the bucket" "Look at what flask setup says above."
  set_up
  take_over "$RELEASE"
  tell_the_stack SUCCESS
  step "tidying up" "Look at $RELEASES."
  drop_old_releases
  tell_the_setup_link "$RELEASE"
  ship_logs
}

main() {
  [[ $EUID == 0 ]] || stop "It has to be run as root."
  if [[ ! /proc/self/fd/9 -ef $LOCK ]]; then exec 9>"$LOCK"; fi # the user data may hold it already
  flock -w 600 9 || stop "Another installation has been running for ten minutes: wait for its end."
  case ${1:-} in
    '')
      take_back_what_was_cut_short || true
      install_release
      ;;
    --rollback) take_back_what_was_cut_short || roll_back ;;
    *) stop "It knows no argument but --rollback." ;;
  esac
}

open_log
main "$@"
