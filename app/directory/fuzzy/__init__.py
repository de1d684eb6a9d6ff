"""Whom a search may have meant: words one or two letters away, and short forms of first names."""

from app.directory.fuzzy.search import NearSearch
from app.directory.fuzzy.stopwatch import Spent
from app.directory.fuzzy.suggestions import Close, CloseMatch, Reason

__all__ = ["Close", "CloseMatch", "NearSearch", "Reason", "Spent"]
