"""Compares `anyOf`, `oneOf` and discriminators.

More alternatives in `anyOf` accept more values. In `oneOf` they do too if they exclude each other;
if not, a value that matched one alternative may now match two, which makes it invalid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Generic, TypeVar

from openapi_first.diff.findings.rules import Effect
from openapi_first.diff.schemas.properties import Comparison
from openapi_first.diff.schemas.views import Branch, Choice, Parts, View

_T = TypeVar("_T")
_KEYS = {"any-of": "anyOf", "one-of": "oneOf"}


@dataclass(frozen=True)
class Pairing(Generic[_T]):
    """The pairs of two lists, and what has no counterpart."""

    pairs: list[tuple[_T, _T]]
    removed: list[_T]
    added: list[_T]


def paired(
    old: Sequence[_T], new: Sequence[_T], *criteria: Callable[[_T, _T], bool]
) -> Pairing[_T]:
    """Pairs in any order by each of the criteria, and then the rest in order."""
    pairs: list[tuple[_T, _T]] = []
    left, others = list(old), list(new)
    for same in criteria:
        remaining = []
        for one in left:
            index = next((i for i, other in enumerate(others) if same(one, other)), None)
            if index is None:
                remaining.append(one)
            else:
                pairs.append((one, others.pop(index)))
        left = remaining
    both = min(len(left), len(others))
    pairs.extend(zip(left, others, strict=False))
    return Pairing(pairs, left[both:], others[both:])


def compare_alternatives(comparison: Comparison, views: tuple[View, View], where: str) -> Effect:
    """Reports what changed in the alternatives; their order makes no difference."""
    old, new = views
    effect = _choices(comparison, "any-of", (old.any_of, new.any_of), views, where)
    return effect | _choices(comparison, "one-of", (old.one_of, new.one_of), views, where)


def _choices(
    comparison: Comparison,
    kind: str,
    choices: tuple[list[Choice], list[Choice]],
    views: tuple[View, View],
    where: str,
) -> Effect:
    def same(one: Choice, other: Choice) -> bool:
        with comparison.reporter.silenced():
            return not _choice(comparison, kind, (one, other), views, where)

    effect = Effect.NONE
    report = comparison.reporter.report
    key = _KEYS[kind]
    old, new = choices
    criteria = () if len(old) == len(new) == 1 else (partial(_alike, comparison), same)
    match = paired(old, new, *criteria)
    for pair in match.pairs:
        effect |= _choice(comparison, kind, pair, views, where)
    if match.added:
        effect |= report(kind, Effect.NARROWER, where, views, key, "one more to match")
    if match.removed:
        effect |= report(kind, Effect.WIDER, where, views, key, "one fewer to match")
    return effect


def _choice(
    comparison: Comparison,
    kind: str,
    pair: tuple[Choice, Choice],
    views: tuple[View, View],
    where: str,
) -> Effect:
    def same(one: Branch, other: Branch) -> bool:
        return one.names == other.names and not comparison.effect_of(one.parts, other.parts)

    def near(one: Branch, other: Branch) -> bool:
        # Without a report, a cycle ends sooner through pairs that have nothing in common.
        named = not comparison.reporter.silent and _of_one_name(one.parts, other.parts)
        return one.names == other.names and (named or comparison.alike(one.parts, other.parts))

    old, new = pair
    reporter = comparison.reporter
    effect = Effect.NONE
    if old.by != new.by:
        change = Effect.NARROWER if old.by is None else Effect.WIDER
        change = change if None in (old.by, new.by) else Effect.BOTH
        effect |= reporter.report("discriminator", change, where, views, "discriminator")
    match = paired(old.branches, new.branches, near, same)
    overlap = kind == "one-of" and not (disjoint(old, reporter.old) and disjoint(new, reporter.new))
    with reporter.overlapping(overlap):
        for one, other in match.pairs:
            effect |= comparison.compare(one.parts, other.parts, where)
            if one.names != other.names and None not in (old.by, new.by):
                change = (Effect.WIDER if other.names - one.names else Effect.NONE) | (
                    Effect.NARROWER if one.names - other.names else Effect.NONE
                )
                effect |= reporter.report("discriminator", change, where, views, "discriminator")
        if match.added:
            effect |= reporter.report(kind, Effect.WIDER, where, views, _KEYS[kind], "one more")
        if match.removed:
            effect |= reporter.report(kind, Effect.NARROWER, where, views, _KEYS[kind], "one fewer")
    return effect


def _alike(comparison: Comparison, old: Choice, new: Choice) -> bool:
    branches = list(zip(old.branches, new.branches, strict=False))
    return (
        old.by == new.by
        and len(old.branches) == len(new.branches)
        and all(
            one.names == other.names and comparison.alike(one.parts, other.parts)
            for one, other in branches
        )
    )


def _of_one_name(old: Parts, new: Parts) -> bool:
    """Whether both refer to a component of the same name; pairing others would be sound, too."""
    references = [
        part.node.value.get("$ref") if isinstance(part.node.value, dict) else None
        for part in (*old, *new)
    ]
    return len(references) == 2 and references[0] is not None and references[0] == references[1]


def disjoint(choice: Choice, view: Callable[[Parts], View]) -> bool:
    """Whether no value can match two alternatives, because of a discriminator, their types, or a
    required property whose values differ."""
    if choice.by is not None:
        names = [branch.names for branch in choice.branches]
        return all(names) and not any(one & other for one, other in combinations(names, 2))
    views = [view(branch.parts) for branch in choice.branches]
    return all(_apart(one, other, view) for one, other in combinations(views, 2))


def _apart(one: View, other: View, view: Callable[[Parts], View]) -> bool:
    if not one.types & other.types:
        return True
    if one.values is not None and other.values is not None and not one.values & other.values:
        return True
    if one.types & other.types != {"object"}:
        return False
    for name in one.required & other.required:
        here, there = view(one.applying_to(name)), view(other.applying_to(name))
        if here.values is not None and there.values is not None and not here.values & there.values:
            return True
        if not here.types & there.types:
            return True
    return False
