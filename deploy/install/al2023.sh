# shellcheck shell=bash
# Amazon Linux 2023: what it brings, and by which package.
#
# python3.13, python3.13-pip: "AL2023 currently provides newer versions of Python, including versions
#   3.11, 3.12, 3.13, and 3.14", each "namespaced and can be found by its version number"; python3
#   stays 3.9: https://docs.aws.amazon.com/linux/al2023/ug/python.html
# stress: in the distribution's repository by many reports, in no document of AWS that we know of, so
#   nothing depends on it: without it the directory loads the processor itself.
# amazon-cloudwatch-agent, with LOG_GROUP alone: "available as a package in Amazon Linux 2023 and Amazon
#   Linux 2": https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/download-cloudwatch-agent-commandline.html

provide_python() {
  if ! command -v python3.13 >/dev/null; then
    dnf install -y -q python3.13 python3.13-pip
  fi
  # shellcheck disable=SC2034 # release.sh asks for it
  PYTHON=$(command -v python3.13)
}

provide_stress() {
  if ! command -v stress >/dev/null && ! dnf install -y -q stress; then
    say "stress was not found; the directory loads the processor by itself instead."
  fi
}

provide_agent() {
  timeout 300 dnf install -y -q amazon-cloudwatch-agent
}
