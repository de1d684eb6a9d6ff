"""Health checks of who may do what: the mode and its reason, the administrator, encryption."""

from __future__ import annotations

from dataclasses import dataclass

from app.access.modes import Mode
from app.accounts.access import Policy
from app.accounts.errors import AlreadyClaimed
from app.accounts.services import SignInServices
from app.contracts.checks import Check, Finding, failed, ok, warning
from app.diagnostics.machine import is_on_ec2, setting_line
from app.machine.visitors import Visit, Visitors
from app.settings import Settings
from app.settings.addresses import is_loopback

_RECENT_DAYS = 7
_MODES = {
    Mode.OPEN: "Everybody who reaches the directory may change everything",
    Mode.READ_ONLY: "Everybody who reaches the directory may read it, without contact details",
    Mode.SIGN_IN: "Nobody sees anything without a sign-in",
}
_CLOSE_NETWORK = (
    "aws ec2 revoke-security-group-ingress --group-id sg-... \\\n"
    "  --protocol tcp --port 80 --cidr 0.0.0.0/0\n"
    "aws ec2 authorize-security-group-ingress --group-id sg-... \\\n"
    "  --protocol tcp --port 80 --cidr 10.0.0.0/8"
)


@dataclass(frozen=True, slots=True)
class AccessChecks:
    """The checks, and what they ask."""

    settings: Settings
    services: SignInServices
    visitors: Visitors

    def all(self) -> list[Check]:
        """Return the checks in the order of the report."""
        return [
            Check("Access", self.check_mode),
            Check("Administrator", self.check_administrator),
            Check("Encryption", self.check_encryption),
        ]

    def check_mode(self) -> Finding:
        """Say what people may do without a sign-in, and why it is so."""
        policy = self._policy()
        message = f"{_MODES[policy.mode]}, because {self._reason(policy)}."
        if policy.mode is not Mode.OPEN:
            return ok(message)
        if is_on_ec2() and self._is_recent(Visit.FROM_THE_INTERNET):
            return failed(
                f"{message} Somebody on the internet asked within a week.",
                f"{setting_line('ACCESS=read-only')[0]}\n{_CLOSE_NETWORK}",
                "Ask for a sign-in, or allow only the networks of your company",
            )
        if self._is_recent(Visit.FROM_THE_INTERNET):
            message = f"{message} Somebody on the internet asked within a week."
        return warning(message, *setting_line("ACCESS=read-only"))

    def check_administrator(self) -> Finding:
        """Check that the directory has an administrator."""
        try:
            self.services.setup_link.address()
        except AlreadyClaimed:
            return ok("The directory has an administrator.")
        return warning(
            "There is no administrator yet. Whoever opens the setup link first becomes one.",
            "flask setup-link",
            "Run this, and open the link that it prints",
        )

    def check_encryption(self) -> Finding:
        """Check that passwords and cookies do not cross the network in the clear."""
        address = self.settings.sign_in.public_address
        policy = self._policy()
        if not (policy.is_claimed or policy.has_sign_in):
            return ok("Nobody signs in yet, so no password crosses the network.")
        host = address.partition("://")[2].partition(":")[0]
        is_said = address.startswith("http://") and not is_loopback(host)
        if is_said or self._is_recent(Visit.IN_THE_CLEAR):
            reason = f"PUBLIC_ADDRESS is {address}" if is_said else "some ask by plain HTTP"
            return warning(
                f"Passwords and cookies of sign-ins cross the network in the clear: {reason}.",
                *setting_line("PUBLIC_ADDRESS=https://people.example.com"),
            )
        return ok("Nobody but this machine has asked by plain HTTP within a week.")

    def _policy(self) -> Policy:
        policy = self.services.access.policy()
        if (error := self.services.access.unknown_because) is not None:
            raise error.with_traceback(None)
        return policy

    def _reason(self, policy: Policy) -> str:
        if self.services.access.mode_of_setting is not None:
            return f"ACCESS={policy.mode} is set"
        if policy.is_chosen:
            return "an administrator has chosen that"
        if policy.has_sign_in:
            return f"ACCESS is not set, and people sign in {self._place()}"
        if policy.is_claimed or self.settings.may_have_proxies:
            return "ACCESS is not set"
        return "ACCESS is not set (flask run on a laptop is open to that laptop)"

    def _place(self) -> str:
        if self.settings.load_balancer:
            return "at the load balancer (ALB_SIGN_IN)"
        if self.settings.proxy_header:
            return f"at a proxy (SIGN_IN_HEADER={self.settings.proxy_header.name})"
        provider = self.settings.sign_in.oidc
        return f"at {provider.label}" if provider else "elsewhere"

    def _is_recent(self, visit: Visit) -> bool:
        days = self.visitors.days_since(visit)
        return days is not None and days < _RECENT_DAYS
