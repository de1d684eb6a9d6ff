# shellcheck shell=bash
# load_settings FILE: export what the file sets, as systemd's EnvironmentFile reads it, and also what a
# hand has written there for a shell: "export NAME = value", lines that end as on Windows.
load_settings() {
  local line name value
  while IFS= read -r line || [[ -n $line ]]; do
    [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)[[:space:]]*=[[:space:]]*(.*[^[:space:]])?[[:space:]]*$ ]] || continue
    name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]:-}
    if [[ $value =~ ^\'([^\']*)\'$ ]]; then
      value=${BASH_REMATCH[1]}
    elif [[ $value =~ ^\"(.*)\"$ ]]; then
      unescape "${BASH_REMATCH[1]}" '["\`$]'
      value=$REPLY
    else
      unescape "$value" '?'
      value=$REPLY
    fi
    export "$name=$value"
  done <"$1"
}

# unescape TEXT PATTERN: without the backslash before characters of this pattern, and before another.
unescape() {
  local rest=$1
  REPLY=""
  while [[ $rest == *\\* ]]; do
    REPLY+=${rest%%\\*}
    rest=${rest#*\\}
    # shellcheck disable=SC2053 # a pattern
    [[ ${rest:0:1} == $2 || ${rest:0:1} == \\ ]] || REPLY+=\\
    REPLY+=${rest:0:1}
    rest=${rest:1}
  done
  REPLY+=$rest
}

# quoted VALUE: as both systemd (219, and 249 and later) and a shell read it back. Single quotes, in
# which systemd 219 takes a backslash for an escape, are for values that have neither of the two.
quoted() {
  if [[ $1 != *[\'\\]* ]]; then
    REPLY="'$1'"
    return
  fi
  REPLY=${1//\\/\\\\}
  REPLY=${REPLY//\"/\\\"}
  REPLY=${REPLY//\`/\\\`}
  REPLY="\"${REPLY//\$/\\\$}\""
}
