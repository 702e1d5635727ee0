"""Decides conditions (AWS: conditions-section-structure)."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from openapi_first.core.json_pointer import escaped
from openapi_first.templates.intrinsics.scope import Scope


class Conditions:
    """`resolve` resolves the expression of a condition, given its JSON Pointer."""

    def __init__(self, scope: Scope, resolve: Callable[[Any, str], Any]) -> None:
        self._scope, self._resolve = scope, resolve
        self._decided: dict[str, bool] = {}
        self._open: list[str] = []

    def holds(self, name: object, pointer: str) -> bool:
        """Whether a condition is true. An unknown or a circular one is reported and false."""
        report = self._scope.problems.report
        written = self._scope.section("Conditions")
        if not isinstance(name, str) or name not in written:
            near = difflib.get_close_matches(str(name), list(written), 1)
            remedy = f"Did you mean {near[0]}?" if near else "Declare it under Conditions."
            report(pointer, f"there is no condition {name}", remedy)
            return False
        if name in self._decided:
            return self._decided[name]
        if name in self._open:
            chain = " -> ".join((*self._open[self._open.index(name) :], name))
            report(pointer, f"the condition refers to itself: {chain}", "Remove the reference.")
            return False
        self._open.append(name)
        try:
            value = self._resolve(written[name], f"/Conditions/{escaped(name)}")
        finally:
            self._open.pop()
        decided = self._decided[name] = is_true(value)
        return decided


def is_true(value: Any) -> bool:
    return value is True or value == "true"
