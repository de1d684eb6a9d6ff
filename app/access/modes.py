"""Mode: how a directory treats somebody who has not signed in."""

from enum import StrEnum


class Mode(StrEnum):
    """The values of the setting ``ACCESS``."""

    OPEN = "open"  # everybody who reaches the port may do everything
    READ_ONLY = "read-only"  # everybody reads, without contact details; changes need a sign-in
    SIGN_IN = "sign-in"  # nothing without a sign-in
