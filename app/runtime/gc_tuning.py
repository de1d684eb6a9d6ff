"""How often Python looks for objects that only hold one another, in a process of ours."""

from __future__ import annotations

import gc

# More than a page or a batch of an import has alive at once. All that is new is looked through
# when there are so many: with Python's 700 that took 4 % of the CPU of adding people.
_NEW_OBJECTS = 50_000


def tune() -> None:
    """What is loaded by now is never looked through again, what is new seldom.

    Objects that nothing holds go at once, as ever; only circles of them wait, 10 MB at most.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
