"""Remembers the effects of comparisons, including those that lead back to themselves.

A pair reached again during its own comparison is assumed equal; the assumption is verified when the
comparison ends. Effects found under an assumption are kept if it was right and discarded if not, so
each pair is compared about once however many paths lead through a cycle. (Strongly connected
components are found in the same way: Tarjan, "Depth-first search and linear graph algorithms",
1972.)
"""

from __future__ import annotations

from collections.abc import Callable

from openapi_first.diff.findings.rules import Effect

_NO_ASSUMPTION = float("inf")


class Memo:
    """The effects within one comparison of two contracts, by keys that name a pair of schemas."""

    def __init__(self) -> None:
        self._known: dict[object, Effect] = {}
        # Pairs whose comparison has not ended, with their depth.
        self._open: dict[object, int] = {}
        # Effects that assume an open pair to be equal, with the depth of the lowest such pair.
        self._assuming: dict[object, tuple[Effect, float]] = {}
        self._lowest = _NO_ASSUMPTION

    def effect(self, key: object, compare: Callable[[], Effect]) -> Effect:
        """The effect for the pair `key`; calls `compare` if it is neither known nor open."""
        if key in self._known:
            return self._known[key]
        if key in self._open:
            self._lowest = min(self._lowest, self._open[key])
            return Effect.NONE
        if key in self._assuming:
            effect, lowest = self._assuming[key]
            self._lowest = min(self._lowest, lowest)
            return effect
        depth, before = len(self._open), self._lowest
        self._open[key], self._lowest = depth, _NO_ASSUMPTION
        earlier = len(self._assuming)
        try:
            effect = compare()
        finally:
            del self._open[key]
        lowest, self._lowest = self._lowest, before
        self._settle(list(self._assuming)[earlier:], effect, lowest if lowest < depth else None)
        if lowest < depth:
            self._lowest = min(before, lowest)
            self._assuming[key] = effect, lowest
        else:
            self._known[key] = effect
        return effect

    def _settle(self, within: list[object], effect: Effect, lowest: float | None) -> None:
        """Verifies the effects found `within` a pair whose comparison ended with `effect`, and
        which itself assumes the open pair at depth `lowest`, if any, to be equal."""
        for key in within:
            found, assumed = self._assuming.pop(key)
            if found == Effect.BOTH or (not effect and lowest is None):
                # A wrong assumption only hides effects, and there are no more than both.
                self._known[key] = found
            elif not effect and lowest is not None:
                self._assuming[key] = found, min(assumed, lowest)
