"""Searches strings for ECMA-262 patterns, in bounded time."""

from __future__ import annotations

from functools import lru_cache

from openapi_first.core.bounded_search import Allowance, BoundedSearch, SearchLimitError
from openapi_first.patterns.syntax_tree import PatternError
from openapi_first.patterns.to_rust import to_rust


class Search:
    """A compiled pattern; `openapi_first.core.bounded_search` says what a search costs."""

    def __init__(self, pattern: str) -> None:
        """Raises PatternError for a pattern that cannot be compiled."""
        self._pattern = pattern
        try:
            self._search = BoundedSearch(to_rust(pattern))
        except PatternError:
            raise
        except ValueError as error:
            detail = "it is too large, or names an unknown script"
            raise PatternError(detail, 0, "make it smaller, or correct the name") from error

    def finds(self, text: str, allowance: Allowance) -> bool:
        """Whether the pattern matches anywhere in `text`. Raises SearchLimitError."""
        try:
            return self._search.finds(text, allowance)
        except SearchLimitError:
            raise SearchLimitError(self._pattern) from None


search_for = lru_cache(maxsize=1024)(Search)
"""The pattern, compiled once."""
