"""Matches whole strings by expressions that a contract has for API Gateway, in bounded time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import lru_cache

from openapi_first.core.bounded_search import Allowance, SearchLimitError
from openapi_first.patterns.search import Search
from openapi_first.patterns.syntax_tree import PatternError

_SECONDS = 0.1
_SECONDS_OF_PROCESS = 2.0
_MATCHING = """
import json, re, sys
pattern, text = json.load(sys.stdin)
print(re.fullmatch(pattern, text) is not None)
"""


class WholeMatch:
    """An expression in Java's syntax, such as `identityValidationExpression` (AWS:
    apigateway-use-lambda-authorizer).

    Most are also ECMA-262. A separate process of Python matches the others, with flags such as
    `(?i)`, and ends after 2 s: the `re` of Python has no limit, and no other thread of Python runs
    during a match.
    """

    def __init__(self, expression: str) -> None:
        """Raises re.error for an expression that cannot be compiled."""
        self._expression = expression
        self._search: Search | None = None
        try:
            self._search = Search(f"^(?:{expression})$")
        except PatternError:
            re.compile(expression)

    def accepts(self, text: str) -> bool:
        """Whether the expression matches the whole string; False if it takes too long."""
        try:
            if self._search is not None:
                return self._search.finds(text, Allowance(_SECONDS))
            return self._in_process(text)
        except (SearchLimitError, subprocess.TimeoutExpired):
            return False

    def _in_process(self, text: str) -> bool:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _MATCHING],
            input=json.dumps([self._expression, text]),
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS_OF_PROCESS,
        )
        return done.stdout.strip() == "True"


whole_match = lru_cache(maxsize=256)(WholeMatch)
"""The expression, compiled once."""
