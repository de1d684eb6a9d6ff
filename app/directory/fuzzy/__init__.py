"""Fuzzy search: spelling errors of one or two letters, and nicknames."""

from app.directory.fuzzy.search import FuzzySearch
from app.directory.fuzzy.stopwatch import Cost
from app.directory.fuzzy.suggestions import Reason, Suggestion, Suggestions

__all__ = ["Cost", "FuzzySearch", "Reason", "Suggestion", "Suggestions"]
