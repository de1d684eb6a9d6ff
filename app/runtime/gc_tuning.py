"""Garbage collector tuning of a server or worker process."""

import gc

# More than a page or a batch of an import has alive at once. With Python's threshold of 700,
# collections took 4 % of the CPU of adding people.
_MAX_NEW_OBJECTS = 50_000


def tune() -> None:
    """Tune the garbage collector: never scan what is loaded by now, and scan new objects rarely.

    Reference counting still frees objects at once; only cycles wait, 10 MB at most.
    """
    gc.freeze()
    gc.set_threshold(_MAX_NEW_OBJECTS)
