"""Health checks of AWS in general: the way there, the identity of the credentials, and the clock.

IAM: sts:GetCallerIdentity needs no permission.
"""

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

_CONNECT_TIMEOUT_SECONDS, _READ_TIMEOUT_SECONDS = 1, 2
_DEFAULT_REGION = "us-east-1"
# AWS refuses a signature that is five minutes off; a skew of seconds makes heartbeat ages wrong.
_MAX_SKEW_SECONDS = 240.0
_MIN_WARNING_SKEW_SECONDS = 5.0
_INSTANCE_ROLE_METHOD = "iam-role"
_EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException"})
# A clock that is off gets the code of a wrong key (SignatureDoesNotMatch), with such a message:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
_SKEW_CODES = frozenset({"RequestTimeTooSkewed", "RequestExpired"})
_SKEW_MESSAGES = ("Signature expired", "Signature not yet current")


def aws_checks(region: str, service: str) -> tuple[Check, ...]:
    """Return the checks for a directory that uses ``service`` (``dynamodb`` or ``s3``)."""
    return (
        Check("Connection to AWS", lambda: check_connection(region, service)),
        Check("Credentials", lambda: check_credentials(region)),
        Check("Clock", lambda: check_clock(region, service)),
    )


def check_credentials(region: str) -> Finding:
    """Report the account and role or user that the credentials of this machine belong to."""
    session = get_session()
    try:
        credentials = session.get_credentials()
        if credentials is None:
            return _report_no_credentials()
        identity = _open_client(session, "sts", region).get_caller_identity()
    except NoCredentialsError:
        return _report_no_credentials()
    except ClientError as error:
        told = error.response.get("Error", {})
        return _report_refusal(str(told.get("Code", "unknown error")), str(told.get("Message", "")))
    except BotoCoreError as error:
        return warning(
            (
                "AWS Security Token Service could not be reached, so the identity is unknown: "
                f"{_first_line(error)}."
            ),
            "aws sts get-caller-identity",
            "Only this check needs it. Run it by hand",
        )
    return _report_identity(str(identity["Arn"]), str(credentials.method))


def _report_identity(arn: str, method: str) -> Finding:
    account, _, identity = arn.removeprefix("arn:").split(":", 3)[-1].partition(":")
    kind, _, name = identity.partition("/")
    if identity == "root":
        return warning(
            f"The account {account} is used as root user, which has all permissions.",
            _role_command(),
            "Give this machine a role instead, and delete the root user's access keys",
        )
    if kind == "assumed-role":
        role = name.partition("/")[0]
        return ok(f"Role {role} in account {account}{_credentials_source(method)}.")
    message = f"User {name or identity} in account {account}{_credentials_source(method)}."
    if ec2_metadata.current_machine() and method != _INSTANCE_ROLE_METHOD:
        fix_hint = "Access keys on a machine can be copied. Give it a role, then remove the keys"
        return warning(message, _role_command(), fix_hint)
    return ok(message)


def _credentials_source(method: str) -> str:
    return ", from this machine" if method == _INSTANCE_ROLE_METHOD else f", from: {method}"


def _report_no_credentials() -> Finding:
    return failed(
        "No AWS credentials were found, so neither records nor photos can be reached.",
        _role_command(),
        "Give this machine a role",
    )


def _report_refusal(code: str, message: str) -> Finding:
    if code in _SKEW_CODES or message.startswith(_SKEW_MESSAGES):
        return failed(
            "AWS refuses what this machine signs, because its clock is off. The credentials are "
            "not to blame.",
            *_fix_clock(),
        )
    if code in _EXPIRED_CODES:
        return failed(
            "The AWS credentials have expired.",
            "aws sts get-caller-identity",
            "Renew them, or give this machine a role; then run this",
        )
    return failed(
        f"AWS does not accept the credentials: {code}.",
        _role_command(),
        "Remove AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from the settings, and give it a role",
    )


def _role_command() -> str:
    """Return the command that attaches the role, or that sets access keys outside of EC2."""
    machine = ec2_metadata.current_machine()
    if machine is None:
        return "aws configure"
    return (
        "aws ec2 associate-iam-instance-profile \\\n"
        f"  --instance-id {machine.instance_id} \\\n"
        "  --iam-instance-profile Name=employee-directory"
    )


def check_connection(region: str, service: str) -> Finding:
    """Check that AWS answers at all, whatever it answers to a request without a signature."""
    address = "the service"
    try:
        address = _address(region, service)
        began = time.perf_counter()
        _ask_without_signature(address)
    except (BotoCoreError, ValueError) as error:
        return failed(
            f"{address} cannot be reached from this machine: {_first_line(error)}.",
            f"curl --max-time 5 -sS -o /dev/null -w '%{{http_code}}\\n' {address}",
            "Check the route of its subnet (internet or NAT gateway, or VPC endpoint), its "
            "security group and its DNS; then run this, which prints a number",
        )
    return ok(f"{address} answers in {1000 * (time.perf_counter() - began):.0f} ms.")


def check_clock(region: str, service: str) -> Finding:
    """Compare our clock with the ``Date`` header of an unsigned request to AWS."""
    address = "the service"
    try:
        address = _address(region, service)
        started = time.time()
        response = _ask_without_signature(address)
        our_time = (started + time.time()) / 2
        aws_time = parsedate_to_datetime(response.headers["Date"]).timestamp() + 0.5
    except (BotoCoreError, KeyError, ValueError, TypeError) as error:
        reason = _first_line(error) if isinstance(error, BotoCoreError) else "no date in the answer"
        return warning(f"The clock could not be compared with {address}: {reason}.", *_show_clock())
    return _report_skew(abs(aws_time - our_time), "behind" if our_time < aws_time else "ahead of")


def _report_skew(skew_seconds: float, side: str) -> Finding:
    # The header has whole seconds, so a difference of one second means nothing.
    if skew_seconds < 1.5:
        return ok("The clock agrees with AWS to about a second.")
    message = f"The clock is {skew_seconds:,.0f} seconds {side} AWS."
    if skew_seconds > _MAX_SKEW_SECONDS:
        return failed(f"{message} AWS rejects requests with a wrong time.", *_fix_clock())
    if skew_seconds > _MIN_WARNING_SKEW_SECONDS:
        return warning(f"{message} Times in the fleet table are wrong by as much.", *_fix_clock())
    return ok(message)


def _fix_clock() -> tuple[str, str]:
    return "sudo systemctl restart chronyd && chronyc makestep", "Set the clock from the network"


def _show_clock() -> tuple[str, str]:
    return "timedatectl status", "Check the clock by hand"


def _address(region: str, service: str) -> str:
    return str(_open_client(get_session(), service, region).meta.endpoint_url)


def _ask_without_signature(address: str) -> Any:
    request = AWSRequest(method="GET", url=address).prepare()
    return URLLib3Session(timeout=_READ_TIMEOUT_SECONDS).send(request)


def _open_client(session: Session, service: str, region: str) -> Any:
    config = Config(
        connect_timeout=_CONNECT_TIMEOUT_SECONDS,
        read_timeout=_READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": 1},
    )
    region = region or str(session.get_config_variable("region") or _DEFAULT_REGION)
    return session.create_client(service, region_name=region, config=config)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")
