# shellcheck shell=bash
# With the setting LOG_GROUP, the log of the service and that of the installation go to that group of
# CloudWatch too, in streams named by the machine. The agent of CloudWatch reads files, not the journal
# (that of Amazon Linux 2 knows none): deploy/ship-logs writes the one, copy_bootstrap_log the other.
# Whatever fails here is said aloud, and stops neither the installation nor the service.
#
# The agent, its user cwagent and its settings:
#   https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
#   https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-common-scenarios.html

AGENT=/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
AGENT_CONFIG=$CONFIG/cloudwatch-agent.json
SHIPPED=/var/log/employee-directory

# Called last, and when an installation stops: by then LOG_GROUP may not be in the settings yet.
ship_logs() {
  local group=${LOG_GROUP:-}
  if [[ $EUID != 0 ]]; then return; fi
  if [[ -z $group ]]; then
    group=$(load_settings "$CONFIG/env" 2>/dev/null && echo "${LOG_GROUP:-}") || true
  fi
  if [[ -z $group ]]; then
    stop_shipping
  elif [[ ! $group =~ ^[A-Za-z0-9._/#-]{1,512}$ ]]; then
    say_aloud "The log does not go to CloudWatch: LOG_GROUP=$group is no name of a log group, which has letters, digits and . _ / # - only."
  elif { [[ -x $AGENT ]] || provide_agent; } && make_folder_of_logs && write_agent_config "$group" &&
    start_shipping && copy_bootstrap_log; then
    say "The log goes to the log group $group."
  else
    say_aloud "The log does not go to CloudWatch: see above for why. All else goes on without it; run the same script again to try it again."
  fi
}

# Read by the agent's group, and by nobody else.
make_folder_of_logs() {
  install -d -m 2750 -o "$OWNER" -g cwagent "$SHIPPED"
}

write_agent_config() {
  install -d -m 0750 -o root -g "$OWNER" "$CONFIG" && cat >"$AGENT_CONFIG" <<END
{
  "agent": {"run_as_user": "cwagent"},
  "logs": {
    "logs_collected": {
      "files": {
        "collect_list": [
          {
            "file_path": "$SHIPPED/service-*.log",
            "log_group_name": "$1",
            "log_stream_name": "{instance_id}/service"
          },
          {
            "file_path": "$SHIPPED/bootstrap.log",
            "log_group_name": "$1",
            "log_stream_name": "{instance_id}/bootstrap"
          }
        ]
      }
    }
  }
}
END
}

# The whole lines of it that are not copied yet.
copy_bootstrap_log() {
  local copy=$SHIPPED/bootstrap.log copied written
  touch "$copy" && chmod 0640 "$copy" || return
  copied=$(wc -l <"$copy") written=$(wc -l <"$BOOTSTRAP_LOG")
  if ((copied > written)); then copied=0; fi # somebody has begun a new one
  if ((copied < written)); then
    sed -n "$((copied + 1)),${written}p" "$BOOTSTRAP_LOG" | without_secrets >>"$copy"
  fi
}

# The setup link and one-time links, signatures of presigned links, passwords of databases. The same as
# SECRETS in deploy/ship-logs.
without_secrets() {
  sed -E -e 's#/(setup|invite)/[A-Za-z0-9._~%-]+#/\1/(left-out)#g' \
    -e "s#([a-z]+://[^[:space:]\"'\\?]*)\?[^[:space:]\"'\\]+#\1?(left-out)#g" \
    -e "s#(://[^[:space:]\"'\\/:@]*):[^[:space:]\"'\\/@]+@#\1:(left-out)@#g"
}

# The agent starts at each boot from now on; employee-directory-logs.service does where its settings are.
start_shipping() {
  systemctl restart employee-directory-logs.service 2>/dev/null ||
    say "No release runs, so that the log of the installation is all there is."
  timeout 120 "$AGENT" -a fetch-config -m ec2 -s -c "file:$AGENT_CONFIG"
}

# Where LOG_GROUP was taken out of the settings.
stop_shipping() {
  if [[ ! -e $AGENT_CONFIG ]]; then return 0; fi
  say "LOG_GROUP is not set any more: the log stays on this machine."
  rm -f "$AGENT_CONFIG"
  systemctl stop employee-directory-logs.service amazon-cloudwatch-agent.service || true
  systemctl disable amazon-cloudwatch-agent.service || true
}
