"""Comparisons that lead back to themselves end, with the effects of everything they reach."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openapi_first.diff.findings.rules import Effect
from openapi_first.diff.schemas.memo import Memo

EFFECTS = [Effect.NONE, Effect.WIDER, Effect.NARROWER, Effect.BOTH]


@st.composite
def systems(draw: st.DrawFn) -> tuple[list[Effect], list[list[int]]]:
    """The effect of each pair's own keywords, and the pairs within it."""
    count = draw(st.integers(1, 7))
    own = draw(st.lists(st.sampled_from(EFFECTS), min_size=count, max_size=count))
    below = st.lists(st.integers(0, count - 1), max_size=3)
    return own, draw(st.lists(below, min_size=count, max_size=count))


def unrolled(own: list[Effect], below: list[list[int]], start: int) -> Effect:
    effect, queue, seen = Effect.NONE, [start], {start}
    while queue:
        pair = queue.pop()
        effect |= own[pair]
        queue += [each for each in below[pair] if each not in seen]
        seen |= set(below[pair])
    return effect


@given(systems(), st.data())
def test_the_effect_is_that_of_everything_within(
    system: tuple[list[Effect], list[list[int]]], data: st.DataObject
) -> None:
    own, below = system
    memo = Memo()

    def effect_of(pair: int) -> Effect:
        def compare() -> Effect:
            effect = own[pair]
            for each in below[pair]:
                effect |= effect_of(each)
            return effect

        return memo.effect(pair, compare)

    for pair in data.draw(st.permutations(range(len(own)))):
        assert effect_of(pair) == unrolled(own, below, pair)
