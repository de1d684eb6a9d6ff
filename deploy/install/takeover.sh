# shellcheck shell=bash
# A new release takes over only when it answers as well as the one that runs: first beside it, on a
# socket of its own, then on port 80. Else the old one goes on, or comes back.

UNITS=/etc/systemd/system
TRIAL=/run/employee-directory-trial

take_over() {
  local before
  before=$(readlink "$CURRENT" || true)
  step "trying the release $1" "Look at what gunicorn says above."
  if ! holds_beside "$1" "$NEXT"; then
    refuse "$1" "$WORSE See above for what it said."
  fi
  step "handing over port 80" "Look at: systemctl status employee-directory.socket employee-directory.service"
  begin_handover "$before"
  mv "$NEXT" "$CONFIG/env"
  if ! serves "$1"; then
    take_back_handover
    if [[ -n $before ]] && serves "$before" healthz; then
      refuse "$1" "Under systemd: $WORSE So the one before was put back: see above for what it said."
    fi
    refuse "$1" "Under systemd: $WORSE See above for what it said."
  fi
  if [[ -n $before && $before != "$1" ]]; then
    point "$PREVIOUS" "$before"
  fi
  end_handover
  # Not waited for: it takes minutes where there are very many people.
  systemctl restart --no-block employee-directory-reindex.service
  say_aloud "The Employee Directory $(cat "$1/VERSION" 2>/dev/null || true) answers on port 80."
}

refuse() {
  if [[ -n ${BUILT:-} && $(readlink "$CURRENT" || true) != "$1" ]]; then
    rm -f "$1/.complete" # built anew when it is tried again
  fi
  stop "The release $1 was refused. $2"
}

roll_back() {
  local before now
  now=$(readlink "$CURRENT" || true) before=$(readlink "$PREVIOUS" || true)
  if [[ ! -e $before/.complete ]]; then
    stop "There is no release before this one to go back to."
  fi
  step "trying $before" "Look at what gunicorn says above."
  remember_answers
  if ! holds_beside "$before" "$CONFIG/env"; then
    stop "$before would be worse than the release that runs. $WORSE"
  fi
  step "going back to $before" "Look at: systemctl status employee-directory.service"
  begin_handover "$now"
  if ! serves "$before"; then
    take_back_handover
    serves "$now" healthz || true
    stop "$before would be worse than the release that runs. $WORSE"
  fi
  point "$PREVIOUS" "$now"
  end_handover
  say_aloud "The Employee Directory is again $before. The same command goes forward to $now."
}

# holds_beside RELEASE SETTINGS: whether it answers as it must, on a socket that nobody else knows, and
# leaves the release that runs as it is; else WORSE says why not.
holds_beside() {
  WORSE=""
  if is_served; then
    # One after the other: a small machine has no memory for all at once.
    answers_as_it_must "$1" "$2" && begin_trying_pages "$1" "$2" && end_trying_pages &&
      leaves_the_other_ready
  else
    local held=0
    begin_trying_pages "$1" "$2"
    answers_as_it_must "$1" "$2" || held=1
    end_trying_pages && ((held == 0))
  fi
}

answers_as_it_must() {
  local pid held=0
  rm -rf "$TRIAL"
  install -d -m 0700 -o "$OWNER" -g "$OWNER" "$TRIAL"
  # It ends by itself, should this script be killed; and leaves imports to the release that runs.
  as_service "$2" "$1" env DIRECTORY_ON_TRIAL=yes timeout -k 5 180 "$1/venv/bin/gunicorn" --config gunicorn.conf.py \
    --workers 1 --bind "unix:$TRIAL/socket" application:application 9>&- &
  pid=$!
  if ! answers_beside "$pid"; then
    WORSE="It did not answer /healthz." held=1
  elif ! as_good_as_before --unix-socket "$TRIAL/socket"; then
    held=1
  fi
  kill -TERM "$pid" 2>/dev/null || true
  wait "$pid" || true
  rm -rf "$TRIAL"
  return "$held"
}

answers_beside() {
  local number
  for ((number = 0; number < 150; number++)); do
    if [[ -S $TRIAL/socket ]]; then
      ask /healthz --unix-socket "$TRIAL/socket"
      if [[ $STATUS == 200 ]]; then return 0; fi
    fi
    if ! kill -0 "$1" 2>/dev/null; then break; fi
    sleep 0.2
  done
  return 1
}

# What a release does to the database when it starts is for both.
leaves_the_other_ready() {
  if ! as_good_as_before; then
    WORSE="Since it was tried, the release that runs is worse. $WORSE"
    return 1
  fi
}

# serves RELEASE [healthz]: make it the one that runs, and say whether it answers on port 80 in 30 s,
# and as well as it must; with healthz, whether it answers at all.
serves() {
  local began patience=30
  WORSE="It did not answer /healthz."
  if ! { point "$CURRENT" "$1" && install_units "$1" && systemctl start employee-directory.socket; }; then return 1; fi
  restart_without_a_pause || patience=5
  began=$SECONDS
  while ((SECONDS - began < patience)); do
    if runs_from "$1" && curl -sf -m 5 -o /dev/null http://127.0.0.1/healthz; then
      if [[ ${2:-} != healthz ]] && ! as_good_as_before; then break; fi
      start_the_rest "$1"
      return 0
    fi
    if ! systemctl is-active --quiet employee-directory.socket; then break; fi
    sleep 0.5
  done
  systemctl status --no-pager --full employee-directory.service || true
  journalctl --no-pager --lines 40 --unit employee-directory.service || true
  return 1
}

# While one server ends and the next one starts, a second one answers; connections that nobody has
# taken yet wait in the socket.
restart_without_a_pause() {
  if systemctl is-active --quiet employee-directory.service; then
    systemctl start employee-directory-handover.service || true
  fi
  local status=0
  systemctl restart employee-directory.service || status=1
  systemctl stop employee-directory-handover.service 2>/dev/null || true
  return "$status"
}

# runs_from RELEASE: not the old one, which may have refused to go.
runs_from() {
  local pid
  pid=$(systemctl show --property=MainPID employee-directory.service)
  [[ $(readlink "/proc/${pid#MainPID=}/cwd" || true) == "$1" ]]
}

# The units of this release, and none that only another one had. A full disk leaves them as they are.
install_units() {
  local unit staged=$UNITS/.employee-directory.staged
  rm -rf "$staged"
  mkdir "$staged" && install -m 0644 "$1"/deploy/systemd/* "$staged/" || return 1
  for unit in "$UNITS"/employee-directory*; do
    if [[ -f $unit && ! -e $staged/${unit##*/} ]]; then
      systemctl disable "${unit##*/}" || true
      systemctl stop "${unit##*/}" || true
      rm -f "$unit"
    fi
  done
  mv -f "$staged"/* "$UNITS/"
  rmdir "$staged"
  ln -sfn "$CURRENT/deploy/employee-directory" /usr/local/bin/employee-directory
  systemctl daemon-reload
  for unit in $(units_to_enable "$1"); do
    systemctl enable "$unit" 2>&1
  done
}

# Timers, and services beside the one on port 80.
start_the_rest() {
  local unit
  for unit in $(units_to_enable "$1"); do
    case $unit in
      employee-directory.service | *.socket) ;;
      *) systemctl restart "$unit" || say_aloud "$unit did not start: journalctl -u $unit says why." ;;
    esac
  done
}

units_to_enable() {
  (cd "$1/deploy/systemd" && grep -l '^\[Install\]' ./*) | sed 's|^\./||'
}

# point LINK TARGET: at once, so that there is always one.
point() {
  ln -sfn "$2" "$1.new" && mv -T "$1.new" "$1"
}
