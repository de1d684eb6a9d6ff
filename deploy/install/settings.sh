# shellcheck shell=bash
# The settings of the service: /etc/employee-directory/env, one NAME='value' a line, read by systemd
# and by a shell alike. What was set before and is not given now stays.

NEXT=$CONFIG/env.next

write_settings() {
  install -d -m 0750 -o root -g "$OWNER" "$CONFIG"
  touch "$CONFIG/env"
  chown "root:$OWNER" "$CONFIG/env"
  chmod 0640 "$CONFIG/env"
  cp -p "$CONFIG/env" "$NEXT"
  if [[ ! -s $NEXT ]]; then
    echo "# Settings of the Employee Directory; then: systemctl restart employee-directory" >>"$NEXT"
    set_line INSTANCE_FOLDER "$STATE"
  fi
  take_settings
}

# Those of the user data, into the new settings.
take_settings() {
  local name
  for name in ${SETTINGS:-}; do
    case $name in
      APP_ARCHIVE | APP_SHA256 | SUB_PHOTOS_BUCKET | SIGNAL_TO) ;; # the script's, not the service's
      OIDC_CLIENT_SECRET_FROM) if [[ -n ${!name:-} ]]; then fetch_client_secret "${!name}"; fi ;;
      *) if [[ -n ${!name:-} ]]; then set_line "$name" "${!name}"; fi ;;
    esac
  done
}

# set_line NAME VALUE
set_line() {
  if [[ $2 == *"'"* || $2 == *$'\n'* ]]; then
    stop "The setting $1 holds a quotation mark (') or a line break, which it cannot: take it out."
  fi
  sed -i "/^$1=/d" "$NEXT"
  echo "$1='$2'" >>"$NEXT"
}

# fetch_client_secret ARN: from Secrets Manager, so that no user data has it.
fetch_client_secret() {
  local secret
  step "fetching the client secret" "Look whether the role of this machine may read $1 (secretsmanager:GetSecretValue)."
  secret=$(aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text)
  set_line OIDC_CLIENT_SECRET "$secret"
}

# as_service SETTINGS RELEASE COMMAND...: become this command, in the release, as the service's user,
# with these settings. Call it in a subshell.
as_service() {
  local settings=$1 release=$2
  shift 2
  set -a
  # shellcheck source=/dev/null
  . "$settings" || exit
  set +a
  cd "$release" || exit
  HOME=$STATE exec setpriv --reuid="$(id -u "$OWNER")" --regid="$(id -g "$OWNER")" \
    --init-groups --inh-caps=-all --no-new-privs "$@"
}

set_up() {
  if ! (as_service "$NEXT" "$RELEASE" "$RELEASE/venv/bin/flask" setup); then
    # It may be a permission that is given later. The directory starts and says what is missing.
    say_aloud "flask setup could not make everything; /info and flask doctor will say what is missing."
  fi
}
