"""The scripts of a deployment: sound, small, and stopped in time by what was not filled in."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.support.in_time import assert_ends_within
from tests.support.machines.archives import ROOT
from tests.support.machines.directory_machine import fill_in
from tests.support.machines.imds import INSTANCE_ID, PUBLIC_ADDRESS
from tests.support.needs import do_without, find

pytestmark = pytest.mark.slow

DEPLOY = ROOT / "deploy"
USER_DATA = sorted(DEPLOY.glob("user-data-*.sh"))
SCRIPTS = [
    *(path for path in DEPLOY.rglob("*.sh")),
    DEPLOY / "employee-directory",
    DEPLOY / "lock-requirements",
]
SYSTEMS = ["al2023", "al2"]
FILLED_IN = {
    "APP_ARCHIVE": "file:///nowhere/employee-directory.zip",
    "APP_SHA256": "ab" * 32,
    "AWS_DEFAULT_REGION": "us-west-2",
}
LARGEST_USER_DATA = 16 * 1024


def run(system: str, tmp_path: Path, settings: dict[str, str], **env: str) -> tuple[int, str]:
    """Run the user data as somebody who may install nothing, even if it tried; status, output."""
    return run_text(fill_in(system, settings), tmp_path, **env)


def run_text(text: str, tmp_path: Path, **env: str) -> tuple[int, str]:
    script = tmp_path / "user-data.sh"
    script.write_text(text)
    forbidden = tmp_path / "bin"
    forbidden.mkdir(exist_ok=True)
    for name in ("dnf", "yum", "amazon-linux-extras", "mktemp", "mkdir", "aws"):
        (forbidden / name).write_text('#!/bin/sh\neval "$SHOW"\necho INSTALLING\nexit 99\n')
        (forbidden / name).chmod(0o755)
    settings_of_run = {
        "PATH": f"{forbidden}:{os.environ['PATH']}",
        "BOOTSTRAP_LOG": str(tmp_path / "bootstrap.log"),
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9",
    }

    def begin() -> tuple[int, str]:
        done = subprocess.run(
            ["bash", str(script)],
            env=settings_of_run | env,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    status, said = begin()
    if "has to name the archive" in said:
        assert_ends_within(1, begin)
    return status, said


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_bash_can_read_the_script(script):
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_shellcheck_finds_nothing():
    shellcheck = find("shellcheck", "shell scripts")
    names = [str(path.relative_to(ROOT)) for path in SCRIPTS]
    checked = subprocess.run([shellcheck, *names], cwd=ROOT, capture_output=True, text=True)
    assert checked.stdout == ""


@pytest.mark.parametrize("script", USER_DATA, ids=lambda path: path.name)
def test_user_data_fits_where_it_is_pasted_and_on_a_screen(script):
    assert script.stat().st_size < LARGEST_USER_DATA
    assert len(script.read_text().splitlines()) < 84


def test_the_two_user_data_scripts_differ_only_in_what_differs():
    one, other = (path.read_text().splitlines() for path in USER_DATA)
    different = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    assert [pair[0] for pair in different] == [
        different[0][0],
        "export SYSTEM=al2",
        'UNPACK="python -m zipfile -e"',
    ]
    assert different[0][0].startswith(
        "# The Employee Directory on Amazon Linux 2 (support ended 2026"
    )


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_first_line_tells_of_a_system_whose_support_has_ended(tmp_path, system):
    _, said = run(system, tmp_path, {})
    told = said.startswith(
        "Support for Amazon Linux 2 ended on 2026-06-30: take Amazon Linux 2023 "
    )
    assert told == (system == "al2")


@pytest.fixture
def as_root() -> None:
    """What is filled in goes on as root only, and is stopped here by the test's programs."""
    if os.geteuid() != 0:
        do_without("root", "user data that is filled in")


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(
    ("name", "value"), [("APP_ARCHIVE", "<where the archive lies>"), ("APP_SHA256", "<its sha256>")]
)
def test_a_placeholder_stops_the_script_in_the_first_second(tmp_path, system, name, value):
    status, said = run(system, tmp_path, FILLED_IN | {name: value})
    assert status == 1
    assert f"The line {name}={value} has to " in said
    assert "INSTALLING" not in said
    assert said.strip() in (tmp_path / "bootstrap.log").read_text()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_DEFAULT_REGION", "<INSERT REGION HERE>"),
        ("PHOTOS_BUCKET", "${SUB_PHOTOS_BUCKET}"),
        ("PHOTOS_BUCKET", '"${SUB_PHOTOS_BUCKET}"'),
        ("PHOTOS_BUCKET", "$SUB_PHOTOS_BUCKET"),
        ("DYNAMO_MODE", "<on or off>"),
    ],
)
def test_of_any_other_setting_it_is_said_and_goes_on(as_root, tmp_path, name, value):
    _, said = run("al2023", tmp_path, FILLED_IN | {name: value})
    assert "INSTALLING" in said
    value = value.strip('"')
    step = f"SETTINGS={name} {name}={shlex.quote(value)}; take_settings"
    said = install_step(tmp_path, step)
    assert f"A placeholder is left in the line {name}={value} " in said
    assert "The directory starts, and its pages say the same." in said
    assert (tmp_path / "env").read_text() == f"{name}='{value}'\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_PASSWORD", "a<b>c$d${e}'\"`#\\"),
        ("DATABASE_PASSWORD", "$PASSWORD"),
        ("DATABASE_URL", "mysql+pymysql://ada:a<b>c${d}@host/people"),
        ("SECRET_KEY", "<0123456789>${abcdef}"),
        ("OIDC_CLIENT_SECRET", "$0123<4>"),
    ],
)
def test_a_secret_goes_through_as_it_is_and_is_not_said(as_root, tmp_path, name, value):
    show = f"printf '[%s]' \"${name}\" >{tmp_path}/shown"
    _, said = run("al2023", tmp_path, FILLED_IN | {name: value}, SHOW=show)
    assert "INSTALLING" in said
    assert (tmp_path / "shown").read_text() == f"[{value}]"
    assert value not in said
    assert value not in (tmp_path / "bootstrap.log").read_text()
    step = f"SETTINGS={name} {name}={shlex.quote(value)}; take_settings"
    assert install_step(tmp_path, step) == ""


@pytest.mark.parametrize(
    "line",
    [
        "  export APP_SHA256 = {}  # as build-archive prints it",
        "APP_SHA256 ={}\r",
        "\ufeffAPP_SHA256=' {} '".replace("' ", "'").replace(" '", "'"),
        "APP_SHA256={}  employee-directory.zip",
        'APP_SHA256="{}"   #',
    ],
)
def test_a_line_may_be_written_as_for_a_shell_or_on_windows(as_root, tmp_path, line):
    sum_ = FILLED_IN["APP_SHA256"]
    text = fill_in("al2023", FILLED_IN)
    assert f"\nAPP_SHA256={sum_}\n" in text
    text = text.replace(f"\nAPP_SHA256={sum_}\n", f"\n{line.format(sum_)}\n")
    _, said = run_text(text, tmp_path)
    assert "INSTALLING" in said


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_script_that_was_not_filled_in_at_all_says_so(tmp_path, system):
    status, said = run(system, tmp_path, {})
    assert status == 1
    assert "The line APP_ARCHIVE=<" in said


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("APP_ARCHIVE", "", "The line APP_ARCHIVE= has to name the archive"),
        (
            "APP_ARCHIVE",
            "http://example.com/a.zip",
            "The line APP_ARCHIVE=http://example.com/a.zip",
        ),
        ("APP_SHA256", "", "The line APP_SHA256= has to hold 64 characters"),
        ("APP_SHA256", "abc", "The line APP_SHA256=abc has to hold 64 characters"),
    ],
)
def test_what_is_needed_and_missing_is_named(tmp_path, name, value, sentence):
    status, said = run("al2023", tmp_path, FILLED_IN | {name: value})
    assert status == 1
    assert sentence in said
    assert "INSTALLING" not in said


def test_a_region_that_nobody_knows_stops_nothing(as_root, tmp_path):
    _, said = run("al2023", tmp_path, FILLED_IN | {"AWS_DEFAULT_REGION": ""})
    assert "INSTALLING" in said


def test_a_region_that_is_not_given_is_asked_of_the_machine(as_root, tmp_path, metadata):
    settings = FILLED_IN | {"AWS_DEFAULT_REGION": ""}
    endpoint = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata}
    _, said = run("al2023", tmp_path, settings, **endpoint)
    assert "INSTALLING" in said


def test_no_region_is_needed_where_nothing_is_in_aws(as_root, tmp_path):
    settings = FILLED_IN | {"AWS_DEFAULT_REGION": "", "DYNAMO_MODE": "off"}
    _, said = run("al2023", tmp_path, settings)
    assert "INSTALLING" in said


@pytest.mark.parametrize("bucket", ["", "${SUB_PHOTOS_BUCKET}", "$SUB_PHOTOS_BUCKET"])
def test_the_courses_name_of_the_bucket_is_understood(as_root, tmp_path, bucket):
    settings = FILLED_IN | {"PHOTOS_BUCKET": bucket, "SUB_PHOTOS_BUCKET": "employee-photos"}
    _, said = run("al2023", tmp_path, settings)
    assert "INSTALLING" in said


def test_values_may_stand_in_quotes_after_export_as_in_the_course(as_root, tmp_path):
    line = f"APP_SHA256={FILLED_IN['APP_SHA256']}"
    quoted = f"export APP_SHA256='{FILLED_IN['APP_SHA256']}'  "
    text = fill_in("al2023", FILLED_IN).replace(line, quoted)
    assert quoted in text
    _, said = run_text(text, tmp_path)
    assert "INSTALLING" in said


@pytest.mark.parametrize(("built", "kept"), [("BUILT=yes", False), ("", True)])
def test_a_release_that_is_refused_is_built_anew_if_it_was_built_just_now(tmp_path, built, kept):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".complete").touch()
    (tmp_path / "current").symlink_to(tmp_path / "old")
    script = (
        f"set -Eeuo pipefail; CURRENT={tmp_path}/current CONFIG=/nowhere {built}\n"
        f". {DEPLOY}/install/reporting.sh; . {DEPLOY}/install/takeover.sh\n"
        f"refuse {tmp_path}/new 'It did not answer.'"
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"The release {tmp_path}/new was refused. It did not answer." in done.stdout
    assert (tmp_path / "new" / ".complete").exists() == kept
    assert (tmp_path / "old" / ".complete").exists()


def install_step(tmp_path: Path, step: str, env: str = "", **programs: str) -> str:
    """What a step of the installation says, with these settings and stand-ins for programs."""
    bin_folder = tmp_path / "release" / "venv" / "bin"
    bin_folder.mkdir(parents=True)
    for name, text in programs.items():
        (bin_folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (bin_folder / name).chmod(0o755)
    (tmp_path / "env").write_text(env)
    script = f"""
        set -Eeuo pipefail; CONFIG={tmp_path} PATH={bin_folder}:$PATH
        for part in reporting settings setup_link signal; do . {DEPLOY}/install/$part.sh; done
        as_service() {{ shift 2; exec "$@"; }}
        NEXT={tmp_path}/env BOOTSTRAP_LOG={tmp_path}/log; {step}
    """
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", "SETTINGS": "OIDC_CLIENT_SECRET_FROM"}
        | {"AWS_EC2_METADATA_SERVICE_ENDPOINT": os.environ.get("TEST_IMDS", "http://127.0.0.1:9")},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


LINK = "/setup/0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("env", "says", "told"),
    [
        (
            "",
            f"echo 'Open {LINK}'",
            f"To become one, open the directory's address with this path: {LINK}",
        ),
        ("", f"echo https://people.example{LINK}", f"open https://people.example{LINK}"),
        ("ACCESS='read-only'\n", f"echo {LINK}", LINK),
        ("ACCESS='open'\n", f"echo {LINK}", ""),
        ("", "echo 'There is an administrator.' >&2; exit 1", ""),
        ("", "echo 'No such command' >&2; exit 2", ""),
        ("", f"echo {LINK} >&2; exit 1", ""),
    ],
)
def test_the_setup_link_is_the_last_that_an_installation_says(tmp_path, env, says, told):
    said = install_step(tmp_path, f"tell_the_setup_link {tmp_path}/release", env, flask=says)
    assert told in said
    assert bool(said) == bool(told)


def test_the_setup_link_of_a_machine_alone_has_its_address(tmp_path, metadata, monkeypatch):
    monkeypatch.setenv("TEST_IMDS", metadata)
    step = f"tell_the_setup_link {tmp_path}/release"
    said = install_step(tmp_path, step, flask=f"echo {LINK}")
    assert f"open http://{PUBLIC_ADDRESS}{LINK}\n" in said


def test_behind_a_load_balancer_nobody_is_sent_to_one_machine(tmp_path, metadata, monkeypatch):
    monkeypatch.setenv("TEST_IMDS", metadata)
    env = "TRUSTED_PROXIES='1'\n"
    said = install_step(
        tmp_path, f"tell_the_setup_link {tmp_path}/release", env, flask=f"echo {LINK}"
    )
    assert PUBLIC_ADDRESS not in said
    assert LINK in said


SIGNAL = 'echo "$@" >"$0.told"'


@pytest.mark.parametrize("status", ["SUCCESS", "FAILURE"])
def test_the_stack_that_waits_hears_how_it_went(tmp_path, metadata, monkeypatch, status):
    monkeypatch.setenv("TEST_IMDS", metadata)
    step = f"SIGNAL_TO=directory/Machines; tell_the_stack {status}"
    assert install_step(tmp_path, step, aws=SIGNAL) == ""
    told = (tmp_path / "release" / "venv" / "bin" / "aws.told").read_text()
    assert told == (
        "cloudformation signal-resource --stack-name directory --logical-resource-id Machines "
        f"--unique-id {INSTANCE_ID} --status {status}\n"
    )


@pytest.mark.parametrize("to", ["", "<stack>", "a b/c", "directory"])
def test_nobody_is_told_where_no_stack_waits(tmp_path, to):
    assert install_step(tmp_path, f"SIGNAL_TO='{to}'; tell_the_stack SUCCESS", aws=SIGNAL) == ""
    assert not (tmp_path / "release" / "venv" / "bin" / "aws.told").exists()


def test_a_stack_that_does_not_listen_stops_nothing(tmp_path):
    refusal = "echo 'Stack is in UPDATE_COMPLETE state and can not be signaled' >&2; exit 254"
    step = "SIGNAL_TO=directory/Machines; tell_the_stack SUCCESS; echo went on"
    said = install_step(tmp_path, step, aws=refusal)
    assert "The stack directory was not told: Stack is in UPDATE_COMPLETE" in said
    assert said.endswith("went on\n")


def test_an_installation_that_stops_tells_the_stack(tmp_path):
    step = "SIGNAL_TO=directory/Machines CURRENT=/nowhere; (stop 'No.') || true"
    said = install_step(tmp_path, step, aws=SIGNAL)
    assert "NOT INSTALLED. No." in said
    told = (tmp_path / "release" / "venv" / "bin" / "aws.told").read_text()
    assert told.endswith("--status FAILURE\n")


def test_a_client_secret_kept_elsewhere_is_named_and_read_by_the_service(tmp_path):
    arn = "arn:aws:secretsmanager:us-west-2:123456789012:secret:ClientSecret-1"
    install_step(tmp_path, f"OIDC_CLIENT_SECRET_FROM={arn}; take_settings", "STRESS='off'\n")
    line = f"OIDC_CLIENT_SECRET='secretsmanager:{arn}'\n"
    assert (tmp_path / "env").read_text() == f"STRESS='off'\n{line}"


ODD = [
    "plain", "two words", "O'Hara", 'say "hi"', "\\", "a\\", "\\'", "\\\"'`$", "$HOME", "${x}",
    "$(id)", "`id`", "# no comment", "a #b", "100%", "%h", "é 東京 🐎", "a=b", "!x", "~", "*",
    " edges ", "'", "''", "'a'", '"', '"a"', "a\\nb", "a\tb", ";", "&", "|", "<b>", "{{ a }}",
]  # fmt: skip


def test_any_value_is_read_back_as_it_was_by_a_shell_and_by_a_command(tmp_path):
    steps, shown = [], []
    for number, value in enumerate(ODD):
        steps.append(f"set_line VALUE_{number} {shlex.quote(value)}")
        shown.append(f'printf "%s\\0" "$VALUE_{number}"')
    show = "; ".join(shown)
    said = install_step(tmp_path, f"{'; '.join(steps)}; load_settings $NEXT; {show}")
    assert said.split("\0")[:-1] == ODD
    assert "\0".join(ODD) in install_step(tmp_path / "again", f". {tmp_path}/env; {show}")


@pytest.mark.parametrize(
    "line",
    ["A=$b c", "A='$b c'", 'A="\\$b c"', "export A=$b c", "A = $b c", "  A=$b c  ", "A=$b c\r",
     "  export  A\t=\t'$b c'", "A=\\$b\\ c"],
)  # fmt: skip
def test_a_line_that_a_hand_wrote_is_read_as_systemd_reads_it(tmp_path, line):
    env = f"# a comment\n{line}\n\nB=last"
    said = install_step(tmp_path, 'load_settings $NEXT; echo "[$A][$B]"', env)
    assert said == "[$b c][last]\n"


def test_what_systemd_would_not_read_is_tidied_by_the_next_installation(tmp_path):
    env = "\ufeffexport A='1'\r\nB = 2\n  export C=3\n# export D=4\nE='export F=5'\n"
    install_step(tmp_path, "tidy_lines", env)
    assert (tmp_path / "env").read_text() == "A='1'\nB=2\nC=3\n# export D=4\nE='export F=5'\n"


def test_a_value_of_two_lines_is_left_out_and_said(tmp_path):
    said = install_step(tmp_path, "set_line A 1; set_line B $'x\\ny'; set_line C 3")
    assert "The setting B is left out: it holds a line break" in said
    assert (tmp_path / "env").read_text() == "A='1'\nC='3'\n"


def test_by_hand_the_settings_of_the_environment_are_taken(tmp_path, metadata, monkeypatch):
    monkeypatch.setenv("TEST_IMDS", metadata)
    given = "unset SETTINGS; PHOTOS_BUCKET=photos STRESS= PORT=9 DYNAMO_MODE=on"
    step = f"{given} SOURCE={DEPLOY.parent}; take_settings; find_the_region"
    install_step(tmp_path, step, "STRESS='off'\nDYNAMO_MODE='off'\n")
    assert sorted((tmp_path / "env").read_text().splitlines()) == [
        "AWS_DEFAULT_REGION='us-west-2'",
        "DYNAMO_MODE='on'",
        "PHOTOS_BUCKET='photos'",
        "STRESS='off'",
    ]


@pytest.mark.parametrize("before", ["AWS_REGION='eu-west-1'\n", ""])
def test_a_region_is_not_asked_for_where_one_is_set_and_not_waited_for(tmp_path, before):
    install_step(tmp_path, "find_the_region", before)
    assert (tmp_path / "env").read_text() == before


def test_every_package_name_stands_beside_the_document_that_names_it():
    for system in SYSTEMS:
        text = (DEPLOY / "install" / f"{system}.sh").read_text()
        comments = "\n".join(line for line in text.splitlines() if line.startswith("#"))
        installed = re.findall(r"(?:dnf|yum) install -y -q ([^;\n]+)|extras install -y (\S+)", text)
        names = {name for pair in installed for name in " ".join(pair).split()}
        assert names
        assert all(re.search(rf"\b{re.escape(name)}\b", comments) for name in names)
        assert "https://" in comments


def test_every_service_is_hardened_alike():
    services = sorted((DEPLOY / "systemd").glob("*.service"))
    hardened = [path.read_text().partition("# As little as it needs.")[2] for path in services]
    assert all(text for text in hardened)
    assert len({text.partition("\n\n[Install]")[0].strip() for text in hardened}) == 1
    for line in ("ProtectSystem=strict", "NoNewPrivileges=true", "PrivateTmp=true"):
        assert f"\n{line}\n" in hardened[0]
    assert "\nCapabilityBoundingSet=\n" in hardened[0]
