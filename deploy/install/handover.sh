# shellcheck shell=bash
# The release and its settings change together. Until the new one has been accepted, a script lies
# beside the settings that puts both back, and a unit that runs it before the directory starts: after a
# reboot, or when the installer was killed, there is again the release that ran, with its settings.

UNDO=$CONFIG/undo-handover
UNDO_UNIT=undo-directory-handover.service # not one of a release's, which go with it

# begin_handover BEFORE: from here on, until end_handover, it can be taken back.
begin_handover() {
  cp -p "$CONFIG/env" "$CONFIG/env.before"
  if [[ -z $1 ]]; then return; fi # the first release: there is nothing to go back to
  cat >"$UNDO.new" <<END
cp -p '$CONFIG/env.before' '$CONFIG/env.undone' && mv -f '$CONFIG/env.undone' '$CONFIG/env'
$(as_now "$CURRENT")
$(as_now "$PREVIOUS")
for unit in '$1'/deploy/systemd/*; do
  cmp -s "\$unit" '$UNITS'/"\${unit##*/}" || install -m 0644 "\$unit" '$UNITS/' || true
done
systemctl daemon-reload || true
rm -f '$UNDO'
END
  cat >"$UNITS/$UNDO_UNIT" <<END
[Unit]
Description=Employee Directory, back to the release before one that was not accepted
ConditionPathExists=$UNDO
Before=$(cd "$1/deploy/systemd" && echo employee-directory*.service)
[Service]
Type=oneshot
ExecStart=/bin/bash -e $UNDO
[Install]
WantedBy=multi-user.target
END
  systemctl enable --quiet "$UNDO_UNIT" 2>&1
  sync "$UNDO.new" "$CONFIG/env.before" 2>/dev/null || true
  mv "$UNDO.new" "$UNDO"
}

# as_now LINK: the command that makes it what it is.
as_now() {
  if [[ -L $1 ]]; then echo "ln -sfn '$(readlink "$1")' '$1.new' && mv -fT '$1.new' '$1'"; fi
}

take_back_handover() {
  if [[ -e $UNDO ]]; then bash -e "$UNDO"; else cp -p "$CONFIG/env.before" "$CONFIG/env"; fi
  end_handover
}

end_handover() {
  rm -f "$UNDO"
  systemctl disable --quiet "$UNDO_UNIT" 2>/dev/null || true
  rm -f "$UNITS/$UNDO_UNIT" "$UNDO.new" "$CONFIG/env.before"
}

# Whether an installer was killed while it handed over; if so, the release before serves again.
take_back_what_was_cut_short() {
  if [[ ! -e $UNDO ]]; then return 1; fi
  step "putting back what an installation that was cut short has changed" "Look at $UNDO."
  take_back_handover
  serves "$(readlink "$CURRENT")" healthz || true
  say_aloud "An installation that was cut short was put back: $(readlink "$CURRENT") serves."
}
