"""Outcomes of comparisons that lead back to themselves.

A pair of schemas that is met within itself is supposed to be alike; whether that was right is known
when its comparison ends. What was concluded from it meanwhile is kept if so, and forgotten if not.
So each pair is looked at about once, however many ways lead through a circle (as strongly connected
components are found: Tarjan, "Depth-first search and linear graph algorithms", 1972).
"""

from __future__ import annotations

from collections.abc import Callable

from openapi_first.diff.rules import Effect

_NOTHING_SUPPOSED = float("inf")


class Trials:
    """The outcomes of one comparison of two contracts, by keys that name a pair of schemas."""

    def __init__(self) -> None:
        self._known: dict[object, Effect] = {}
        self._open: dict[object, int] = {}
        # With how deep the open pair lies that an outcome supposes something of.
        self._supposing: dict[object, tuple[Effect, float]] = {}
        self._lowest = _NOTHING_SUPPOSED

    def outcome(self, key: object, look: Callable[[], Effect]) -> Effect:
        """The outcome for the pair `key`, from `look` unless it is known or being looked at."""
        if key in self._known:
            return self._known[key]
        if key in self._open:
            self._lowest = min(self._lowest, self._open[key])
            return Effect.NONE
        if key in self._supposing:
            effect, lowest = self._supposing[key]
            self._lowest = min(self._lowest, lowest)
            return effect
        depth, before = len(self._open), self._lowest
        self._open[key], self._lowest = depth, _NOTHING_SUPPOSED
        earlier = len(self._supposing)
        try:
            effect = look()
        finally:
            del self._open[key]
        lowest, self._lowest = self._lowest, before
        self._settle(list(self._supposing)[earlier:], effect, lowest if lowest < depth else None)
        if lowest < depth:
            self._lowest = min(before, lowest)
            self._supposing[key] = effect, lowest
        else:
            self._known[key] = effect
        return effect

    def _settle(self, within: list[object], effect: Effect, lowest: float | None) -> None:
        """What was concluded within a pair that has ended, and that itself supposes something of
        the pair at `lowest`, if of any."""
        for key in within:
            concluded, supposed = self._supposing.pop(key)
            if concluded == Effect.BOTH or (not effect and lowest is None):
                # Supposing less than there is finds no more than there is.
                self._known[key] = concluded
            elif not effect and lowest is not None:
                self._supposing[key] = concluded, min(supposed, lowest)
