# shellcheck shell=bash
# Amazon Linux 2: what it brings, by which package, and what comes from elsewhere. Its support ended on
# 2026-06-30 (https://aws.amazon.com/amazon-linux-2/faqs/), so this is for machines that are there.
#
# python3 (3.7), python3-pip: only to fetch uv, as no package brings a Python that is new enough:
#   https://docs.aws.amazon.com/linux/al2/ug/aml2-extras.html lists python3.8 as the newest extra.
# uv: one program, from PyPI; `uv python install` fetches a standalone build of CPython, which runs on
#   glibc 2.17 and later (this system has 2.26): https://docs.astral.sh/uv/concepts/python-versions/
#   and https://gregoryszorc.com/docs/python-build-standalone/main/running.html
# epel: https://docs.aws.amazon.com/linux/al2/ug/aml2-extras.html; stress is in EPEL 7, which is kept up
#   no more, so nothing depends on it: without it the directory loads the processor itself.
# amazon-cloudwatch-agent, with LOG_GROUP alone: "available as a package in Amazon Linux 2023 and Amazon
#   Linux 2": https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/download-cloudwatch-agent-commandline.html

PYTHON_FOLDER=$ROOT/python3.13

# provide_python WHEELHOUSE: from the archive when it carries one, else by uv.
provide_python() {
  PYTHON=$PYTHON_FOLDER/bin/python3.13
  if [[ -x $PYTHON ]]; then
    return
  fi
  rm -rf "$PYTHON_FOLDER.new"
  if [[ -f $1/python.tar.gz ]]; then
    mkdir -p "$PYTHON_FOLDER.new"
    tar -xzf "$1/python.tar.gz" -C "$PYTHON_FOLDER.new" --strip-components=1 --no-same-owner
  else
    fetch_python "$PYTHON_FOLDER.new"
  fi
  rm -rf "$PYTHON_FOLDER"
  mv "$PYTHON_FOLDER.new" "$PYTHON_FOLDER"
}

# fetch_python FOLDER
fetch_python() {
  local uv=$ROOT/uv program
  if ! python3 -m pip --version >/dev/null 2>&1; then
    yum install -y -q python3 python3-pip
  fi
  rm -rf "$uv"
  # The Python that asks is too old for uv itself, so pip is told for which one to fetch it.
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    --only-binary :all: --implementation py --abi none --python-version 3.8 \
    --platform "manylinux2014_$(uname -m)" --platform "manylinux_2_17_$(uname -m)" \
    --dest "$uv" --requirement "$RELEASE/deploy/uv.lock"
  python3 -m zipfile -e "$uv"/uv-*.whl "$uv"
  program=$(echo "$uv"/uv-*.data/scripts/uv)
  chmod 0755 "$program"
  "$program" python install --no-bin --install-dir "$uv/python" 3.13
  mv "$uv"/python/cpython-3.13.*/ "$1"
  rm -rf "$uv"
}

provide_stress() {
  if command -v stress >/dev/null; then
    return
  fi
  if ! { amazon-linux-extras install -y epel && yum install -y -q stress; }; then
    say "stress was not found; the directory loads the processor by itself instead."
  fi
}

provide_agent() {
  timeout 300 yum install -y -q amazon-cloudwatch-agent
}
