"""SignInRejected: what somebody brought back from the provider is no sign-in."""

from app.model.errors import DirectoryError


class SignInRejected(DirectoryError):
    """The sign-in ends here, and nobody is signed in.

    The message is for whoever tried; ``reason`` is for the log, and holds no secret.
    """

    def __init__(self, message: str, reason: str, status: int = 400) -> None:
        super().__init__(message)
        self.reason = reason
        self.status = status


class TokenRejected(DirectoryError):
    """A token of the provider is not valid here; the message says why, for the log."""
