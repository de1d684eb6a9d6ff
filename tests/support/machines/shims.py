"""The package programs of Amazon Linux: they write down what is asked, and prove no name."""

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
    *) echo "Error: Unable to find a match: $name"; exit 1 ;;
  esac
done
"""

# EPEL 7 may be gone any day.
YUM = f"""\
#!/bin/bash
echo "yum $*" >>{ASKED}
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

PROGRAMS = {
    "al2023": {"dnf": DNF},
    "al2": {"yum": YUM, "amazon-linux-extras": EXTRAS, "python": PYTHON},
}
