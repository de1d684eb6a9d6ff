# shellcheck shell=bash
# The link with which the first administrator claims a directory that has none: on the console, which
# "Get system log" of EC2 shows to those who may see it.

# tell_the_setup_link RELEASE: nothing where there is an administrator, or where it is open to all.
tell_the_setup_link() {
  local link
  if is_open; then return; fi
  chmod 0640 "$BOOTSTRAP_LOG" 2>/dev/null || true # it has the link too
  link=$( (as_service "$CONFIG/env" "$1" timeout 60 "$1/venv/bin/flask" setup-link) 2>/dev/null |
    grep -o '[^[:space:]]*/setup/[^[:space:]]*' | tail -n 1) || true
  case $link in
    '') ;;
    /*) say_aloud "There is no administrator yet. To become one, open $(address_of_machine)$link" ;;
    *) say_aloud "There is no administrator yet. To become one, open $link" ;;
  esac
}

is_open() {
  grep -qi "^ACCESS='open'$" "$CONFIG/env"
}

# Where people find this machine, if it stands alone and says so.
address_of_machine() {
  local address=""
  if ! grep -q "^TRUSTED_PROXIES='[1-9]" "$CONFIG/env"; then
    address=$(fetch_metadata public-ipv4)
  fi
  if [[ $address =~ ^[0-9]+(\.[0-9]+){3}$ ]]; then
    echo "http://$address"
  else
    echo "the directory's address with this path: "
  fi
}
