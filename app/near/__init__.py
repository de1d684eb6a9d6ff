"""Whom a search may have meant: words one or two letters away, and short forms of first names."""

from app.near.close import Close, CloseMatch, Reason
from app.near.search import NearSearch
from app.near.spent import Spent

__all__ = ["Close", "CloseMatch", "NearSearch", "Reason", "Spent"]
