"""Whom a search may have meant: words one or two letters away, and short forms of first names."""

from app.directory.fuzzy.search import FuzzySearch
from app.directory.fuzzy.stopwatch import Cost
from app.directory.fuzzy.suggestions import Reason, Suggestion, Suggestions

__all__ = ["Cost", "FuzzySearch", "Reason", "Suggestion", "Suggestions"]
