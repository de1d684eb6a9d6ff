# shellcheck shell=bash
# The settings of the service: /etc/employee-directory/env, one NAME='value' a line, read by systemd
# and by load_settings alike. What was set before and is not given now stays.

NEXT=$CONFIG/env.next
# shellcheck source=deploy/install/load_settings.sh
. "${BASH_SOURCE[0]%/*}/load_settings.sh"

write_settings() {
  install -d -m 0750 -o root -g "$OWNER" "$CONFIG"
  touch "$CONFIG/env"
  chown "root:$OWNER" "$CONFIG/env"
  chmod 0640 "$CONFIG/env"
  cp -p "$CONFIG/env" "$NEXT"
  if [[ ! -s $NEXT ]]; then
    echo "# Settings of the Employee Directory; then: systemctl restart employee-directory" >>"$NEXT"
  fi
  tidy_lines
  if ! is_set INSTANCE_FOLDER; then set_line INSTANCE_FOLDER "$STATE"; fi
  take_settings
  if [[ -z ${SETTINGS+given} ]]; then find_the_region; fi
}

# What hands have written, so that systemd reads it too: it knows no "export", no byte order mark.
tidy_lines() {
  local bom=$'\xef\xbb\xbf'
  LC_ALL=C sed -i -e "1s/^$bom//" -e 's/\r$//' \
    -e 's/^[[:space:]]*\(export[[:space:]][[:space:]]*\)\{0,1\}\([A-Z][A-Z0-9_]*\)[[:space:]]*=[[:space:]]*/\2=/' "$NEXT"
}

# is_set NAME...: whether one of them is in the new settings.
is_set() {
  local name
  for name; do
    if grep -q "^$name=" "$NEXT"; then return 0; fi
  done
  return 1
}

# Those that user data names, or by hand those of the environment, into the new settings.
take_settings() {
  local name
  for name in ${SETTINGS-$(names_of_settings)}; do
    case $name in
      APP_ARCHIVE | APP_SHA256 | SUB_PHOTOS_BUCKET | SIGNAL_TO) ;; # the script's, not the service's
      OIDC_CLIENT_SECRET_FROM) # its older name; the service itself reads what is kept elsewhere
        if [[ -n ${!name:-} ]]; then set_line OIDC_CLIENT_SECRET "secretsmanager:${!name}"; fi
        ;;
      *) if [[ -n ${!name:-} ]]; then set_line "$name" "${!name}"; fi ;;
    esac
    tell_of_placeholder "$name" "${!name:-}"
  done
}

# tell_of_placeholder NAME VALUE: a secret may have any character, and is not said. The directory knows
# more kinds of what cannot be used, and says so on its pages.
tell_of_placeholder() {
  case $1 in *SECRET* | *PASSWORD | *TOKEN | SETUP_CODE | DATABASE_URL) return ;; esac
  if [[ $2 == *'<'*'>'* || $2 == *"\${"* || $2 == "\$"[A-Z]* ]]; then
    say_aloud "A placeholder is left in the line $1=$2 of the user data: put the real value there, or nothing where it is optional. The directory starts, and its pages say the same."
  fi
}

# All that this release knows, from its manual.
names_of_settings() {
  sed -n '/^## Settings/,/^## Commands/s/^| `\([^|]*\)|.*/\1/p' "$SOURCE/docs/administration.md" |
    grep -oE '[A-Z][A-Z0-9_]+' | sort -u
  echo LOG_GROUP OIDC_CLIENT_SECRET_FROM AWS_ENDPOINT_URL_DYNAMODB AWS_ENDPOINT_URL_S3
}

# User data asks for it itself. On a machine that is not in EC2 nobody answers.
find_the_region() {
  local region
  if is_set AWS_DEFAULT_REGION AWS_REGION DEFAULT_AWS_REGION; then return; fi
  region=$(fetch_metadata placement/region)
  if [[ $region =~ ^[a-z]+(-[a-z]+)+-[0-9]+$ ]]; then set_line AWS_DEFAULT_REGION "$region"; fi
}

# set_line NAME VALUE
set_line() {
  if [[ $2 == *$'\n'* ]]; then
    say_aloud "The setting $1 is left out: it holds a line break, which no setting can. Write it in one line."
    return
  fi
  quoted "$2"
  sed -i "/^$1=/d" "$NEXT"
  printf '%s\n' "$1=$REPLY" >>"$NEXT"
}

# as_service SETTINGS RELEASE COMMAND...: become this command, in the release, as the service's user,
# with these settings. Call it in a subshell.
as_service() {
  local settings=$1 release=$2
  shift 2
  load_settings "$settings"
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
