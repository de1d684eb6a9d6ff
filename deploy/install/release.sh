# shellcheck shell=bash
# A release: a folder under /opt/employee-directory/releases named by a sha256, with its own Python
# environment. Nothing in it changes once .complete is there.

make_user() {
  if ! getent passwd "$OWNER" >/dev/null; then
    useradd --system --user-group --home-dir "$STATE" --no-create-home --shell /sbin/nologin "$OWNER"
  fi
  install -d -m 0750 -o "$OWNER" -g "$OWNER" "$STATE"
}

# Sets RELEASE: this folder, or a copy of it where releases lie.
place_release() {
  RELEASE=$SOURCE
  if [[ -e $SOURCE/.git ]]; then
    place_clone
  elif [[ $(dirname "$SOURCE") != "$RELEASES" ]]; then
    step "copying $SOURCE to $RELEASES" "Look whether the disk is full."
    RELEASE=$RELEASES/${APP_SHA256:-$(sum_of "$SOURCE")}
    if [[ ! -e $RELEASE/.complete ]]; then
      rm -rf "$RELEASE"
      mkdir -p "$RELEASES"
      cp -R "$SOURCE" "$RELEASE"
    fi
  fi
}

# Of a clone what its archive would hold, under the archive's sha256: no history, no file of this machine.
place_clone() {
  local folder sha256
  step "building the archive of $SOURCE" "Look whether git is installed (dnf install git), and what deploy/build-archive says above."
  provide_python "$SOURCE/wheelhouse"
  mkdir -p "$RELEASES"
  folder=$(mktemp -d "$ROOT/archive.XXXXXX")
  # The clone is another user's than root, which git refuses unless it is told so.
  GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0="$SOURCE" \
    "$PYTHON" "$SOURCE/deploy/build-archive" --output "$folder/release.zip" >/dev/null
  sha256=$(sha256sum <"$folder/release.zip" | cut -c1-64)
  RELEASE=$RELEASES/$sha256
  if [[ ! -e $RELEASE/.complete ]]; then
    rm -rf "$RELEASE"
    "$PYTHON" -m zipfile -e "$folder/release.zip" "$RELEASE"
  fi
  rm -rf "$folder"
}

# One sha256 for all files of a folder.
sum_of() {
  (cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) | sha256sum | cut -c1-64
}

build_environment() {
  if [[ -e $RELEASE/.complete ]]; then
    return
  fi
  local wheelhouse lock=$RELEASE/deploy/requirements-$SYSTEM.lock from=()
  wheelhouse=$RELEASE/wheelhouse/$SYSTEM-$(uname -m)
  provide_python "$wheelhouse"
  chown -R root:root "$RELEASE"
  chmod -R u=rwX,go=rX "$RELEASE"
  chmod 0755 "$RELEASE"/deploy/{install.sh,employee-directory} # a zip may have lost it
  if [[ -d $wheelhouse ]]; then
    from=(--no-index --find-links "$wheelhouse")
  fi
  rm -rf "$RELEASE/venv"
  "$PYTHON" -m venv --without-pip "$RELEASE/venv"
  "$PYTHON" -m pip --python "$RELEASE/venv/bin/python" install --quiet --no-input --no-cache-dir \
    --disable-pip-version-check --no-compile --no-deps --require-hashes --only-binary :all: \
    --requirement "$lock" ${from[@]+"${from[@]}"}
  "$RELEASE/venv/bin/python" -m compileall -q -j 0 "$RELEASE"/{venv/lib,app,application.py}
  rm -rf "$RELEASE/wheelhouse"
  touch "$RELEASE/.complete"
  # shellcheck disable=SC2034 # takeover.sh asks for it
  BUILT=yes
}

# Keeps three: the one that runs, the one before, and the newest of the others.
drop_old_releases() {
  local kept=() release
  for release in "$(readlink -f "$CURRENT")" "$(readlink -f "$PREVIOUS" || true)"; do
    if [[ -d $release ]]; then kept+=("$release"); fi
  done
  while IFS= read -r release; do
    release=${release%/.complete}
    if ((${#kept[@]} < 3)) && ! is_one_of "$release" "${kept[@]}"; then kept+=("$release"); fi
  done < <(ls -1t "$RELEASES"/*/.complete)
  for release in "$RELEASES"/*; do
    if ! is_one_of "$release" "${kept[@]}"; then
      say "Removing the old release $release"
      rm -f "$release/.complete" # first, should it be cut short
      rm -rf "$release"
    fi
  done
}

is_one_of() {
  local wanted=$1 other
  shift
  for other; do
    if [[ $other == "$wanted" ]]; then return 0; fi
  done
  return 1
}
