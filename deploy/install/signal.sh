# shellcheck shell=bash
# Tells the stack that waits for this machine how it went: SIGNAL_TO=<stack>/<resource> in the user data.
# A stack that hears of no page within its time, or of a failure, is taken back by CloudFormation.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html

# tell_the_stack SUCCESS|FAILURE: nothing where nobody waits; a signal that fails stops nothing.
tell_the_stack() {
  local to=${SIGNAL_TO:-} id said
  if [[ ! $to =~ ^[A-Za-z][A-Za-z0-9-]*/[A-Za-z0-9]+$ ]]; then return 0; fi
  id=$(fetch_metadata instance-id)
  if ! said=$(timeout 60 aws cloudformation signal-resource --stack-name "${to%/*}" \
    --logical-resource-id "${to#*/}" --unique-id "${id:-$(uname -n)}" --status "$1" 2>&1); then
    # A stack that is made already waits for no signal, and says so.
    say "The stack ${to%/*} was not told: $said"
  fi
}

# fetch_metadata NAME: what the machine's metadata says; nothing outside of EC2.
fetch_metadata() {
  local imds token
  imds=${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}/latest
  token=$(curl -sf -m 2 -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" "$imds/api/token" || true)
  curl -sf -m 2 -H "X-aws-ec2-metadata-token: $token" "$imds/meta-data/$1" || true
}
