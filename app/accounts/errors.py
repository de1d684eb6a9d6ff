"""Why somebody cannot sign in, claim the directory or change an account; messages are for users."""

from app.model.errors import DirectoryError, StorageUnavailable


class SignInRefused(DirectoryError):
    """The email or the password is wrong; which of them is not said."""

    def __init__(self) -> None:
        super().__init__("The email or the password is wrong. Check both, then try again.")


class TooManyAttempts(DirectoryError):
    """Too many attempts, of an account or from an address: wait so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, round(seconds + 0.5))
        minutes = -(-self.seconds // 60)
        wait = "a minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__(f"There were too many attempts. Wait {wait}, then try again.")


class PasswordsBusy(StorageUnavailable):
    """More passwords are being checked than this machine has memory for: a page of status 503."""

    def __init__(self) -> None:
        super().__init__("the check of passwords", reason="others are being checked")


class AccountDisabled(DirectoryError):
    """An administrator has disabled the account."""

    def __init__(self) -> None:
        super().__init__("This account is disabled. Ask an administrator to enable it.")


class AccountNotFound(DirectoryError):
    """No account has this id, name or email."""


class ValueRejected(DirectoryError):
    """A value cannot be used; the message says why. ``field`` is that of a form."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class SetupCodeWrong(DirectoryError):
    """This is not the code of the setup link (any more)."""

    def __init__(self) -> None:
        super().__init__(
            "This setup link is not right. Run flask setup-link on the machine for the current one."
        )


class AlreadyClaimed(DirectoryError):
    """The directory has an administrator, so the setup link is not needed any more."""

    def __init__(self) -> None:
        super().__init__("This directory has an administrator already. Sign in, or ask them.")


class InvitationSpent(DirectoryError):
    """The one-time link was used, is too old, or never was one."""

    def __init__(self) -> None:
        super().__init__(
            "This link was used already or is older than 24 hours. "
            "Ask an administrator for another."
        )
