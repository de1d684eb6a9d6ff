"""A release takes over if it answers as well as the one before; whatever happens, one serves."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.repository import ROOT

pytestmark = pytest.mark.slow

INSTALL = ROOT / "deploy" / "install"
# Answers curl as a server would: ``STATUS_BODY`` or ``STATUS>URL`` for a page of a release.
CURL = r"""
curl() {
  local url release=running last=""
  for last; do
    case $last in
      http://*) url=$last ;;
      */socket) release=new ;;
    esac
  done
  local page=${url#http://127.0.0.1}
  local answer
  answer=$(grep -m 1 "^$release $page " "$ANSWERS" | cut -d' ' -f3-)
  case $answer in
    '') printf '\n000 ' && return 7 ;;
    *'>'*) printf '\n%s %s' "${answer%%>*}" "${answer#*>}" ;;
    *) printf '%s\n%s ' "${answer#* }" "${answer%% *}" ;;
  esac
}
systemctl() { if [[ $1 == is-active ]]; then [[ -n $IS_ACTIVE ]]; fi; }
sleep() { :; }
"""
GOOD = {"/": "200 <html>", "/add": "200 <html>", "/readyz": '200 {"database":"ok"}'}
SIGN_IN = "303>http://127.0.0.1/sign-in"


def compare(tmp_path: Path, old: dict[str, str] | None, new: dict[str, str]) -> tuple[bool, str]:
    """Whether the new release may take over from the old one, which is None where nothing runs."""
    lines = [f"running {page} {answer}" for page, answer in (old or {}).items()]
    lines += [f"new {page} {answer}" for page, answer in new.items()]
    (tmp_path / "answers").write_text("\n".join(lines) + "\n")
    script = f"""
        set -Eeuo pipefail; CURRENT=/nowhere CONFIG=/nowhere
        ANSWERS={tmp_path}/answers IS_ACTIVE={"" if old is None else "yes"}
        . {INSTALL}/reporting.sh; . {INSTALL}/pages.sh; {CURL}
        remember_answers
        if as_good_as_before --unix-socket /run/socket; then echo ACCEPTED; else echo "$WORSE"; fi
    """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    return "ACCEPTED" in done.stdout, done.stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (GOOD, GOOD),
        (None, GOOD),
        (GOOD, GOOD | {"/add": SIGN_IN, "/sign-in": "200 <html>"}),
        (GOOD, GOOD | {"/add": "303>https://login.corp.example/"}),
        (GOOD, GOOD | {"/add": "403 no"}),
        (GOOD | {"/add": SIGN_IN, "/sign-in": "200 x"}, GOOD | {"/add": "403 no"}),
        (GOOD, dict.fromkeys(GOOD, "401 no") | {"/readyz": "200 {}"}),
        (GOOD | {"/readyz": "503 {}"}, GOOD | {"/readyz": "503 {}"}),
        (GOOD | {"/": "500 x"}, GOOD),
        (GOOD | {"/": "500 x"}, GOOD | {"/": "500 x"}),
        (None, dict.fromkeys(GOOD, "503 no table")),
        ({}, dict.fromkeys(GOOD, "503 no table")),
    ],
)
def test_a_release_that_is_as_good_takes_over(tmp_path, old, new):
    accepted, said = compare(tmp_path, old, new)
    assert accepted, said


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (GOOD, GOOD | {"/": "500 x"}, "It answered / with 500."),
        (GOOD, GOOD | {"/add": "500 x"}, "It answered /add with 500."),
        (GOOD, GOOD | {"/add": "404 x"}, "It answered /add with 404."),
        (GOOD, GOOD | {"/": "400 x"}, "It answered / with 400."),
        (GOOD, GOOD | {"/": "503 x"}, "It answered / with 503."),
        (
            GOOD,
            GOOD | {"/readyz": '503 {"database":"a table is gone"}'},
            'It answered /readyz with 503: {"database":"a table is gone"}.',
        ),
        (GOOD | {"/readyz": "503 {}"}, GOOD | {"/readyz": "500 {}"}, "/readyz with 500"),
        (GOOD, GOOD | {"/add": SIGN_IN, "/sign-in": "500 x"}, "It answered /add with 500."),
        (GOOD, GOOD | {"/": "302>http://127.0.0.1/"}, "It answered / with 508."),
        (GOOD, {page: GOOD[page] for page in ("/", "/readyz")}, "It answered /add with 000."),
        (None, GOOD | {"/": "500 x"}, "It answered / with 500."),
        (None, {}, "It answered / with 000."),
    ],
)
def test_a_release_that_is_worse_does_not(tmp_path, old, new, why):
    accepted, said = compare(tmp_path, old, new)
    assert not accepted
    assert why in said


def test_what_a_first_installation_lacks_is_told(tmp_path):
    _, said = compare(tmp_path, None, GOOD | {"/readyz": '503 {"database":"no permission"}'})
    assert '/readyz answers 503: {"database":"no permission"}: /info and flask doctor' in said


@pytest.mark.parametrize(
    ("new", "old", "why"),
    [
        ("", "", ""),
        ("/ 503", "", ""),
        ("/add 500\n/org 500", "", "pages fail (flask try-pages: /add 500, /org 500)."),
        ("/add 500", "/add 500", ""),
        ("/add 500\n/org 500", "/add 500", "/add 500, /org 500"),
        ("/add 500", None, "/add 500"),
        (None, "", ""),
    ],
)
def test_pages_of_those_who_have_signed_in_must_hold_unless_they_failed_before(
    tmp_path, new, old, why
):
    """None is a release of before there was the command."""
    for name, failing in (("new", new), ("old", old)):
        if failing is not None:
            (tmp_path / name / "app/commands").mkdir(parents=True)
            (tmp_path / name / "app/commands/try_pages.py").write_text('"try-pages"')
            flask = tmp_path / name / "venv/bin/flask"
            flask.parent.mkdir(parents=True)
            status = int("500" in failing)
            flask.write_text(f"#!/bin/sh\nprintf '%s\\n' '{failing}'; exit {status}\n")
            flask.chmod(0o755)
    (tmp_path / "current").symlink_to(tmp_path / "old")
    script = f"""
        set -Eeuo pipefail; CURRENT={tmp_path}/current CONFIG=/nowhere WORSE=""
        . {INSTALL}/reporting.sh; . {INSTALL}/pages.sh
        as_service() {{ shift 2; "$@"; }}
        begin_trying_pages {tmp_path}/new /nowhere
        if end_trying_pages; then echo ACCEPTED; else echo "$WORSE"; fi
    """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout.strip() == "ACCEPTED") == (not why), done.stdout + done.stderr
    assert why in done.stdout


class Computer(NamedTuple):
    """The folders that an installation changes, in one folder."""

    folder: Path

    def prepare(self) -> None:
        for name in ("oldest", "old", "new"):
            units = self.folder / name / "deploy" / "systemd"
            units.mkdir(parents=True)
            (units / "employee-directory.service").write_text(f"[Service]\n# {name}\n[Install]\n")
            (self.folder / name / ".complete").touch()
        for name in ("etc", "units"):
            (self.folder / name).mkdir()
        (self.folder / "etc/env").write_text("RELEASE=old\n")
        (self.folder / "etc/env.next").write_text("RELEASE=new\n")
        (self.folder / "current").symlink_to(self.folder / "old")
        (self.folder / "previous").symlink_to(self.folder / "oldest")
        unit = self.folder / "old/deploy/systemd/employee-directory.service"
        (self.folder / "units" / unit.name).write_text(unit.read_text())

    def run(
        self, step: str, fails: str = "", killed_at: int = 0, signal: str = "KILL"
    ) -> subprocess.CompletedProcess[str]:
        """Run a step of the installation; ``killed_at`` counts the commands until kill -9."""
        script = f"""
            set -Eeuo pipefail
            CURRENT={self.folder}/current PREVIOUS={self.folder}/previous OWNER=$USER
            CONFIG={self.folder}/etc RELEASES={self.folder} NEXT={self.folder}/etc/env.next
            for part in reporting pages handover takeover; do . {INSTALL}/$part.sh; done
            UNITS={self.folder}/units
            systemctl() {{ :; }}
            ln() {{ if [[ ${{!#}} != /usr/* ]]; then command ln "$@"; fi; }}
            holds_beside() {{ [[ "{fails}" != *beside* ]]; }}
            restart_without_a_pause() {{ :; }}
            runs_from() {{ :; }}
            curl() {{ :; }}
            as_good_as_before() {{
              [[ "{fails}" != *port* ]] || {{ WORSE="It is worse."; return 1; }}
            }}
            remember_answers() {{ :; }}
            WORSE=""; COUNT=0; BOOTSTRAP_LOG=none; open_log
            trap 'if ((++COUNT == {killed_at})); then kill -{signal} $$; fi' DEBUG
            set -T
            {step}
            trap - DEBUG
            echo "COMMANDS $COUNT"
        """
        return subprocess.run(
            ["bash", "-c", script], capture_output=True, text=True, check=False, env=self.env
        )

    @property
    def env(self) -> dict[str, str]:
        return {"PATH": f"{self.folder}/bin:/usr/bin:/bin", "USER": "root"}

    def reboot(self) -> None:
        """What systemd does with the unit, if it is there."""
        undo = self.folder / "etc/undo-handover"
        if (self.folder / "units/undo-directory-handover.service").exists() and undo.exists():
            subprocess.run(["bash", "-e", str(undo)], check=True, capture_output=True)

    def serving(self) -> tuple[str, str, str]:
        """The release, its settings, and its units."""
        unit = self.folder / "units/employee-directory.service"
        return (
            (self.folder / "current").readlink().name,
            (self.folder / "etc/env").read_text().strip().partition("=")[2],
            unit.read_text().splitlines()[1].removeprefix("# "),
        )

    def leftovers(self) -> set[str]:
        files = {path.name for name in ("etc", "units") for path in (self.folder / name).iterdir()}
        return files - {"env", "env.next", "employee-directory.service"}


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    made = Computer(tmp_path)
    made.prepare()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/systemctl").write_text("#!/bin/sh\n")
    (tmp_path / "bin/systemctl").chmod(0o755)
    return made


def test_a_release_that_is_accepted_leaves_nothing_to_take_back(computer):
    done = computer.run(f"take_over {computer.folder}/new")
    assert done.returncode == 0, done.stdout + done.stderr
    assert computer.serving() == ("new", "new", "new")
    assert (computer.folder / "previous").readlink().name == "old"
    assert computer.leftovers() == set()


@pytest.mark.parametrize("fails", ["beside", "port"])
def test_a_release_that_is_refused_changes_nothing(computer, fails):
    done = computer.run(f"take_over {computer.folder}/new", fails)
    assert done.returncode == 1
    assert "was refused" in done.stdout
    assert computer.serving() == ("old", "old", "old")
    assert (computer.folder / "previous").readlink().name == "oldest"
    assert computer.leftovers() == set()


@pytest.mark.parametrize("fails", ["beside", "port", ""])
def test_going_back_is_refused_alike(computer, fails):
    done = computer.run("roll_back", fails)
    release = "old" if fails else "oldest"
    assert ("would be worse" in done.stdout) == bool(fails)
    assert (computer.serving()[0], computer.serving()[2]) == (release, release)
    assert (computer.folder / "previous").readlink().name == ("oldest" if fails else "old")
    assert computer.leftovers() == set()


def test_a_full_disk_leaves_the_units_as_they_are(computer):
    full = 'install() { if [[ $3 == */new/* ]]; then return 1; fi; command install "$@"; }\n'
    done = computer.run(f"{full} take_over {computer.folder}/new")
    assert done.returncode == 1
    assert "the one before was put back" in done.stdout
    assert computer.serving() == ("old", "old", "old")


@pytest.mark.parametrize(
    ("step", "fails"), [("take_over {}/new", ""), ("take_over {}/new", "port"), ("roll_back", "")]
)
def test_killed_at_any_step_one_release_serves_with_its_settings(tmp_path, step, fails):
    whole = {("old", "old", "old"), ("new", "new", "new"), ("oldest", "old", "oldest")}
    seen, number, ended = set(), 0, False
    while not ended:
        number += 4
        computer = Computer(tmp_path / str(number))
        computer.prepare()
        done = computer.run(step.format(computer.folder), fails, killed_at=number)
        ended = done.returncode != -9
        computer.reboot()
        assert computer.serving() in whole, (number, done.stdout)
        seen.add(computer.serving())
    assert len(seen) == (1 if fails else 2)
    assert number > 60


@pytest.mark.parametrize("number", [45, 60, 75])
def test_an_installer_that_is_interrupted_takes_back_what_it_has_begun(computer, number):
    done = computer.run(f"take_over {computer.folder}/new", killed_at=number, signal="TERM")
    assert done.returncode == 1
    assert "it was interrupted" in done.stdout
    assert computer.serving() == ("old", "old", "old")
    assert computer.leftovers() == set()


def test_what_was_cut_short_is_taken_back_by_the_next_installation(computer):
    old = f"{computer.folder}/old"
    computer.run(f"begin_handover {old}; mv $NEXT $CONFIG/env; point $CURRENT /new; kill -9 $$")
    assert computer.serving() == ("new", "new", "old")
    done = computer.run("take_back_what_was_cut_short")
    assert f"was cut short was put back: {old} serves" in done.stdout
    assert computer.serving() == ("old", "old", "old")
    assert computer.leftovers() == set()
    assert computer.run("take_back_what_was_cut_short || echo NOTHING").stdout.startswith("NOTHING")


def test_taking_back_that_was_cut_short_is_done_again(computer):
    handing_over = f"begin_handover {computer.folder}/old; mv $NEXT $CONFIG/env"
    computer.run(f"{handing_over}; serves {computer.folder}/new; kill -9 $$")
    assert computer.serving() == ("new", "new", "new")
    undo = computer.folder / "etc/undo-handover"
    text = undo.read_text()
    for number in range(1, 40):
        undo.write_text(f"trap 'if ((++COUNT == {number})); then kill -9 $$; fi' DEBUG\n{text}")
        subprocess.run(["bash", "-e", str(undo)], check=False, env=computer.env)
        was_cut_short = undo.exists()
        if was_cut_short:
            undo.write_text(text)
            computer.reboot()
        assert computer.serving() == ("old", "old", "old")
        if not was_cut_short:
            break
    assert number > 6
