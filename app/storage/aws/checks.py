"""What the doctor asks AWS in general: whose credentials these are, and what time it is there.

IAM: sts:GetCallerIdentity needs no permission.
"""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.httpsession import URLLib3Session
from botocore.session import Session, get_session

from app.contracts.checks import Check, Finding, failed, ok, warning
from app.runtime import ec2_metadata

_CONNECT_SECONDS, _READ_SECONDS = 1, 2
_WITHOUT_A_REGION = "us-east-1"
# AWS refuses what is signed five minutes off; seconds make the ages of heartbeats wrong.
_REFUSED_SECONDS = 240.0
_LOOKED_AT_SECONDS = 5.0
_BY_THE_MACHINE = "iam-role"
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException"})


def aws_checks(region: str, service: str) -> tuple[Check, ...]:
    """Checks for a directory that uses this service (``dynamodb`` or ``s3``)."""
    return (
        Check("Credentials", lambda: check_credentials(region)),
        Check("Clock", lambda: check_clock(region, service)),
    )


def check_credentials(region: str) -> Finding:
    """Who AWS takes this machine for."""
    session = get_session()
    try:
        credentials = session.get_credentials()
        if credentials is None:
            return _no_credentials()
        identity = _client(session, "sts", region).get_caller_identity()
    except NoCredentialsError:
        return _no_credentials()
    except ClientError as error:
        return _refused(str(error.response.get("Error", {}).get("Code", "unknown error")))
    except BotoCoreError as error:
        return warning(
            "AWS's Security Token Service was not reached, so it is not known who this machine is: "
            f"{_first_line(error)}.",
            "aws sts get-caller-identity",
            "It is needed by this check only. Ask by hand",
        )
    return _identified(str(identity["Arn"]), str(credentials.method))


def _identified(arn: str, method: str) -> Finding:
    account, _, who = arn.removeprefix("arn:").split(":", 3)[-1].partition(":")
    kind, _, name = who.partition("/")
    if who == "root":
        return warning(
            f"The account {account} is used as its root user, who may do everything.",
            _attach_role(),
            "Give this machine a role instead, and delete the root user's access keys",
        )
    if kind == "assumed-role":
        role = name.partition("/")[0]
        return ok(f"The role {role} of the account {account}{_found_by(method)}.")
    found = f"The user {name or who} of the account {account}{_found_by(method)}."
    if ec2_metadata.current_machine() and method != _BY_THE_MACHINE:
        how = "Access keys on a machine can be copied. Give it a role, then take the keys out"
        return warning(found, _attach_role(), how)
    return ok(found)


def _found_by(method: str) -> str:
    return ", this machine's own" if method == _BY_THE_MACHINE else f", found by: {method}"


def _no_credentials() -> Finding:
    return failed(
        "No AWS credentials were found, so neither records nor photos can be reached.",
        _attach_role(),
        "Give this machine its role",
    )


def _refused(code: str) -> Finding:
    if code in _EXPIRED:
        return failed(
            "The AWS credentials have expired.",
            "aws sts get-caller-identity",
            "Renew them, or give this machine a role, whose credentials renew themselves; then ask",
        )
    return failed(
        f"AWS does not accept the credentials: {code}.",
        _attach_role(),
        "Take AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY out of the settings, and give it a role",
    )


def _attach_role() -> str:
    """The command that gives the machine its role; on a laptop, the one that asks for keys."""
    machine = ec2_metadata.current_machine()
    if machine is None:
        return "aws configure"
    return (
        "aws ec2 associate-iam-instance-profile \\\n"
        f"  --instance-id {machine.instance_id} \\\n"
        "  --iam-instance-profile Name=employee-directory"
    )


def check_clock(region: str, service: str) -> Finding:
    """How far our clock is from AWS's, by the Date of an answer that needs no signature."""
    address = "the service"
    try:
        address = _client(get_session(), service, region).meta.endpoint_url
        began = time.time()
        answer = URLLib3Session(timeout=_READ_SECONDS).send(
            AWSRequest(method="GET", url=address).prepare()
        )
        ours = (began + time.time()) / 2
        theirs = parsedate_to_datetime(answer.headers["Date"]).timestamp() + 0.5
    except (BotoCoreError, KeyError, ValueError, TypeError) as error:
        reason = _first_line(error) if isinstance(error, BotoCoreError) else "it told no time"
        return warning(f"The clock was not compared with {address}: {reason}.", *_ask_the_clock())
    return _judged(abs(theirs - ours), "behind" if ours < theirs else "ahead of")


def _judged(off: float, side: str) -> Finding:
    # The header tells whole seconds, so a second of difference is none.
    if off < 1.5:
        return ok("It is within a second or so of AWS's.")
    found = f"It is {off:,.0f} seconds {side} AWS's."
    if off > _REFUSED_SECONDS:
        return failed(f"{found} AWS refuses what is signed so far off.", *_set_the_clock())
    if off > _LOOKED_AT_SECONDS:
        return warning(f"{found} The ages in the fleet are wrong by as much.", *_set_the_clock())
    return ok(found)


def _set_the_clock() -> tuple[str, str]:
    return "sudo systemctl restart chronyd && chronyc makestep", "Set the clock by the network"


def _ask_the_clock() -> tuple[str, str]:
    return "timedatectl status", "Look at the clock by hand"


def _client(session: Session, service: str, region: str) -> Any:
    limits = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": 1},
    )
    known = region or str(session.get_config_variable("region") or _WITHOUT_A_REGION)
    return session.create_client(service, region_name=known, config=limits)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")
