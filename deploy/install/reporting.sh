# shellcheck shell=bash
# What is told while installing: into the log, and to whoever started it; a failure on the console.

open_log() {
  trap 'explain "$LINENO" "$BASH_COMMAND" "${BASH_SOURCE[0]}"' ERR
  trap 'explain "$LINENO" "it was interrupted" "${BASH_SOURCE[0]}"' INT TERM HUP
  if [[ -n ${BOOTSTRAP_LOG:-} ]]; then
    return # the user data writes it already
  fi
  export BOOTSTRAP_LOG=/var/log/employee-directory-bootstrap.log
  exec > >(exec tee -a "$BOOTSTRAP_LOG") 2>&1
}

WHAT="starting"
ADVICE=""

# step WHAT ADVICE: what is done from here on, and what helps when it fails.
step() {
  WHAT=$1 ADVICE=$2
  say "$WHAT"
}

say() {
  echo "$(date -u +%H:%M:%S) $1"
}

# For the log and for the console, which "Get system log" of EC2 shows.
say_aloud() {
  say "$1"
  { echo "employee-directory: $1" >/dev/console; } 2>/dev/null || true
}

explain() {
  trap - ERR
  trap '' INT TERM HUP
  local advice=$ADVICE
  say_aloud "STOPPED while $WHAT, at line $1 of ${3##*/}: $2"
  if [[ -e ${UNDO:-} ]]; then take_back_what_was_cut_short || true; fi
  stop "$advice Then run the same script again."
}

stop() {
  trap - ERR
  local now="Nothing serves the directory on this machine."
  if systemctl is-active --quiet employee-directory.service 2>/dev/null; then
    now="The directory that was running goes on: $(readlink "$CURRENT" || true)"
  fi
  say_aloud "NOT INSTALLED. $1 $now"
  # Why, to whoever cannot look at this machine before it is replaced: so before the stack hears of it.
  if declare -F ship_logs >/dev/null; then ship_logs || true; fi
  if declare -F tell_the_stack >/dev/null; then tell_the_stack FAILURE; fi
  exit 1
}
