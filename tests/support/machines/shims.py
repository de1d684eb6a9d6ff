"""The package programs of Amazon Linux: they write down what is asked, and prove no name."""

from pathlib import Path

from tests.support.machines import cloudwatch_agent

ASKED = "/var/log/packages-asked-for"

DNF = f"""\
#!/bin/bash
echo "dnf $*" >>{ASKED}
for name; do
  case $name in
    install | -*) ;;
    python3.13) ln -sf python3 /usr/bin/python3.13 ;;
    python3.13-pip) ;;
    stress) ln -sf /opt/packages/stress /usr/local/bin/stress ;;
    git) ln -sf /media/git /usr/local/bin/git ;;
    amazon-cloudwatch-agent) bash /opt/packages/amazon-cloudwatch-agent ;;
    *) echo "Error: Unable to find a match: $name"; exit 1 ;;
  esac
done
"""

# EPEL 7 may be gone any day.
YUM = f"""\
#!/bin/bash
echo "yum $*" >>{ASKED}
case $* in *" amazon-cloudwatch-agent") exec bash /opt/packages/amazon-cloudwatch-agent ;; esac
echo "Cannot retrieve metalink for repository: epel/x86_64"
exit 1
"""

EXTRAS = f"""\
#!/bin/bash
echo "amazon-linux-extras $*" >>{ASKED}
"""

# Python 2.7 there, which unpacks a zip with the same words.
PYTHON = """\
#!/bin/bash
exec python3 "$@"
"""

# What the package brings: a user, a program that takes the settings, and the agent's unit.
AGENT = f"""\
#!/bin/bash
set -e
useradd --system --user-group --no-create-home --shell /sbin/nologin cwagent
mkdir -p {cloudwatch_agent.HOME}/bin {cloudwatch_agent.HOME}/etc
cat >{cloudwatch_agent.HOME}/bin/amazon-cloudwatch-agent-ctl <<'END'
#!/bin/bash
set -e
echo "$*" >>{cloudwatch_agent.HOME}/asked
[[ $* == "-a fetch-config -m ec2 -s -c file:"* ]]
settings=${{*: -1}}
cp "${{settings#file:}}" {cloudwatch_agent.HOME}/etc/config.json
systemctl enable amazon-cloudwatch-agent.service
systemctl restart amazon-cloudwatch-agent.service
END
chmod 0755 {cloudwatch_agent.HOME}/bin/amazon-cloudwatch-agent-ctl
cat >/etc/systemd/system/amazon-cloudwatch-agent.service <<'END'
[Service]
ExecStart=/usr/bin/python3 /opt/packages/agent.py {cloudwatch_agent.HOME}/etc/config.json
Restart=always
[Install]
WantedBy=multi-user.target
END
systemctl daemon-reload
"""

PACKAGES = {
    "amazon-cloudwatch-agent": AGENT,
    "agent.py": Path(cloudwatch_agent.__file__).read_text(),
}

PROGRAMS = {
    "al2023": {"dnf": DNF},
    "al2": {"yum": YUM, "amazon-linux-extras": EXTRAS, "python": PYTHON},
}

# What the course's scripts ask for. Amazon Linux has wget and unzip; python3 is in the machine, and
# pip comes when it is asked for.
COURSES_YUM = f"""\
#!/bin/bash
echo "yum $*" >>{ASKED}
for name; do
  case $name in
    install | -* | mysql) ;;
    python3 | python3-pip) for pip in pip pip3; do ln -sf /opt/packages/pip "/usr/bin/$pip"; done ;;
    stress) ln -sf /opt/packages/stress /usr/local/bin/stress ;;
    *) echo "Error: Unable to find a match: $name"; exit 1 ;;
  esac
done
"""

PIP = """\
#!/bin/bash
exec python3 -m pip "$@"
"""

WGET = f"""\
#!/bin/bash
echo "wget $*" >>{ASKED}
cp "/media/${{1##*/}}" .
"""

UNZIP = """\
#!/bin/bash
exec /usr/bin/python3 -m zipfile -e "$1" .
"""

COURSES_PROGRAMS = {"yum": COURSES_YUM, "wget": WGET, "unzip": UNZIP}
