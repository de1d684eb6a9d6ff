# shellcheck shell=bash
# What a release answers, compared with what the one that runs answered before: a release whose pages
# are worse does not take over. A visitor who is led to a sign-in is as well served as one who is not.

ASKED=(/ /add /readyz)
ANSWER_SECONDS=10
declare -A ALLOWED=() # by page: the worst grade that it may have

# ask PAGE CURL-OPTION...: sets STATUS, following the directory's own redirects, and TOLD, the
# beginning of the answer. 000 is no answer, 508 a page that leads on for ever.
ask() {
  local url=http://127.0.0.1$1 said hops
  shift
  for hops in 1 2 3 4 5 6; do
    said=$(curl -s -m "$ANSWER_SECONDS" --max-filesize 5000000 -w '\n%{http_code} %{redirect_url}' "$url" "$@" | tr -d '\0') || true
    TOLD=${said%$'\n'*} said=${said##*$'\n'}
    STATUS=${said%% *} url=${said#* }
    [[ $STATUS =~ ^[0-9]{3}$ ]] || STATUS=000
    if [[ $STATUS != 3* || $url != http://127.0.0.1/* ]]; then return; fi
  done
  if ((hops == 6)); then STATUS=508; fi
}

# grade STATUS: 0 serves, also by leading to a sign-in; 1 does not; 2 a store does not answer; 3 fails.
grade() {
  case $1 in
    2?? | 3?? | 401 | 403) echo 0 ;;
    4??) echo 1 ;;
    503) echo 2 ;;
    *) echo 3 ;;
  esac
}

is_served() {
  systemctl is-active --quiet employee-directory.service
}

# What the release that runs answers on port 80 now; nothing serves if none does, or it is stuck. A
# first installation may answer 503: a permission may be given later, and pages say what is missing.
remember_answers() {
  local page
  ALLOWED=()
  for page in "${ASKED[@]}"; do
    ALLOWED[$page]=2
    if is_served; then
      ask "$page"
      if [[ $STATUS != 000 ]]; then ALLOWED[$page]=$(grade "$STATUS"); fi
      say "The release that runs answers $page with $STATUS."
    fi
  done
}

# as_good_as_before CURL-OPTION...: whether each page is; else WORSE says which is not. A check that
# was slow is asked again: /readyz remembers its answer for five seconds.
as_good_as_before() {
  local page try
  WORSE=""
  for page in "${ASKED[@]}"; do
    for try in 1 2 3; do
      ask "$page" "$@"
      if (($(grade "$STATUS") <= ${ALLOWED[$page]:-2})); then break; fi
      if ((try == 3)); then
        WORSE="It answered $page with $STATUS$(told_of "$page")."
        return 1
      fi
      sleep 3
    done
    if [[ $STATUS == 503 ]]; then say_aloud "$page answers 503$(told_of "$page"): /info and flask doctor say what is missing."; fi
  done
}

told_of() {
  if [[ $1 == /readyz && -n $TOLD ]]; then echo ": ${TOLD:0:1000}" | tr -d '\n'; fi
}

# begin_trying_pages RELEASE SETTINGS, end_trying_pages: whether the pages of those who have signed in
# fail, which no visitor is shown.
begin_trying_pages() {
  TRYING="" TRIED=$(mktemp)
  if grep -qs '"try-pages"' "$1/app/commands/try_pages.py"; then
    (as_service "$2" "$1" timeout -k 5 60 "$1/venv/bin/flask" try-pages 9>&-) >"$TRIED" 2>"$TRIED.log" &
    TRYING=$!
  fi
}

end_trying_pages() {
  local status=0 failed
  if [[ -n $TRYING ]]; then wait "$TRYING" || status=$?; fi
  if ((status != 0)); then
    grep -v '"level": "info"' "$TRIED.log" | tail -n 40 || true
  fi
  failed=$(sort "$TRIED")
  rm -f "$TRIED" "$TRIED.log"
  if ((status == 0)) || fail_now "$failed"; then return 0; fi
  # shellcheck disable=SC2034 # for takeover.sh
  WORSE="${WORSE:+$WORSE }For somebody who has signed in, pages fail (flask try-pages: ${failed//$'\n'/, })."
  return 1
}

# fail_now PAGES: whether all of these fail in the release that runs, too.
fail_now() {
  local running
  running=$(readlink "$CURRENT" || true)
  if [[ -z $1 || ! -e $running/app/commands/try_pages.py ]]; then return 1; fi
  [[ -z $(comm -23 <(echo "$1") <( (as_service "$CONFIG/env" "$running" timeout -k 5 60 "$running/venv/bin/flask" try-pages 9>&-) 2>/dev/null | sort)) ]]
}
