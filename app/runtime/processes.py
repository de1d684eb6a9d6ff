"""Other processes of this machine."""

import os


def is_alive(process: int) -> bool:
    """Return whether there is a process with this id, of whichever user."""
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True
