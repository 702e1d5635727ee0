"""Compares the keywords of two views that contain no schemas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from openapi_first.diff.findings.rules import Effect
from openapi_first.diff.schemas.views import ATOMS, View

KeywordChange = tuple[str, Effect, str, str]
"""The kind of change, its effect, the keyword, and its values before and after."""

_ORDER = ("null", "boolean", "integer", "fraction", "string", "array", "object")
_NUMBERS, _STRINGS, _ARRAYS, _OBJECTS = (
    frozenset({"integer", "fraction"}),
    frozenset({"string"}),
    frozenset({"array"}),
    frozenset({"object"}),
)
# Kind, keyword, whether it is a least or greatest value, and the types it applies to.
_LIMITS = (
    ("minimum", "minimum", "least", _NUMBERS),
    ("maximum", "maximum", "least", _NUMBERS),
    ("min-length", "minLength", "least", _STRINGS),
    ("max-length", "maxLength", "most", _STRINGS),
    ("min-items", "minItems", "least", _ARRAYS),
    ("max-items", "maxItems", "most", _ARRAYS),
    ("min-properties", "minProperties", "least", _OBJECTS),
    ("max-properties", "maxProperties", "most", _OBJECTS),
)


def changes(old: View, new: View) -> Iterator[KeywordChange]:
    """Each keyword that accepts other values than before, if it applies to a type that both views
    allow."""
    if old.types != new.types:
        effect = _sets(old.types, new.types)
        yield "type", effect, "type", f"{_types(old.types)} → {_types(new.types)}"
    yield from _values(old, new)
    types = old.types & new.types
    for kind, key, end, about in _LIMITS:
        if types & about:
            yield from _limit(kind, key, end, old.limits.get(key), new.limits.get(key))
    if types & _NUMBERS:
        yield from _multiples(old, new)
    if types & _STRINGS:
        yield from _forms(old, new)
    if types & _ARRAYS and old.unique != new.unique:
        effect = Effect.NARROWER if new.unique else Effect.WIDER
        yield "unique-items", effect, "uniqueItems", ""
    if types & _OBJECTS:
        yield from _required(old, new)


def unconstrained(view: View) -> bool:
    """Whether a view has no constraint beside its alternatives."""
    empty = View(types=ATOMS, any_of=view.any_of, one_of=view.one_of)
    empty.parts, empty.where, empty.notes = view.parts, view.where, view.notes
    empty.origin = view.origin
    return view == empty


def takes_any_string(view: View) -> bool:
    """Whether a view accepts every string that is not empty, and nothing else."""
    empty = View(types=frozenset({"string"}), parts=view.parts, where=view.where)
    empty.notes, empty.origin = view.notes, view.origin
    empty.limits = {"minLength": 1} if view.limits.get("minLength") == 1 else {}
    # Constraints of other types do not apply to strings.
    limits = {key: value for key, value in view.limits.items() if key.endswith("Length")}
    return replace(view, limits=limits, unique=False, required=frozenset()) == empty


def _values(old: View, new: View) -> Iterator[KeywordChange]:
    before, after = old.values, new.values
    if before == after:
        return
    if before is None:
        yield "enum", Effect.NARROWER, "enum", "any value → a list"
    elif after is None:
        # A change of the types is reported separately.
        yield "enum", Effect.WIDER, "enum", "a list → any value"
    else:
        removed, added = sorted(before - after), sorted(after - before)
        detail = "; ".join(
            part
            for part in (
                f"removed: {', '.join(removed)}" if removed else "",
                f"added: {', '.join(added)}" if added else "",
            )
            if part
        )
        yield "enum", _sets(before, after), "enum", detail


def _limit(kind: str, key: str, end: str, old: Any, new: Any) -> Iterator[KeywordChange]:
    if old == new:
        return
    if old is None or new is None:
        effect = Effect.NARROWER if old is None else Effect.WIDER
    else:
        narrower = new > old if end == "least" else new < old
        effect = Effect.NARROWER if narrower else Effect.WIDER
    yield kind, effect, key, f"{_written_limit(key, old)} → {_written_limit(key, new)}"


def _written_limit(key: str, limit: Any) -> str:
    if not isinstance(limit, tuple):
        return "none" if limit is None else str(limit)
    number, exclusive = limit
    return f"{-number if key == 'maximum' else number}{' (exclusive)' if exclusive else ''}"


def _multiples(old: View, new: View) -> Iterator[KeywordChange]:
    if old.multiples == new.multiples:
        return
    wider = all(any(_divides(each, other) for other in old.multiples) for each in new.multiples)
    narrower = all(any(_divides(each, other) for other in new.multiples) for each in old.multiples)
    effect = Effect.WIDER if wider else Effect.NARROWER if narrower else Effect.BOTH
    yield "multiple-of", effect, "multipleOf", ""


def _forms(old: View, new: View) -> Iterator[KeywordChange]:
    for kind, before, after in (
        ("pattern", old.patterns, new.patterns),
        ("format", old.formats, new.formats),
    ):
        if before != after:
            # More patterns or formats to match are narrower.
            yield kind, _sets(after, before), kind, f"{_names(before)} → {_names(after)}"


def _required(old: View, new: View) -> Iterator[KeywordChange]:
    for name in sorted(new.required - old.required):
        yield "required", Effect.NARROWER, "required", f"{name} became required"
    for name in sorted(old.required - new.required):
        yield "required", Effect.WIDER, "required", f"{name} became optional"
    if old.dependent != new.dependent:
        yield "dependent", _sets(new.dependent, old.dependent), "dependentRequired", ""


def _divides(small: float, large: float) -> bool:
    """Of the decimals as they are written: 0.01 divides 0.5."""
    return Fraction(str(large)) % Fraction(str(small)) == 0


def _sets(old: frozenset[Any], new: frozenset[Any]) -> Effect:
    return (Effect.WIDER if new - old else Effect.NONE) | (
        Effect.NARROWER if old - new else Effect.NONE
    )


def _types(types: frozenset[str]) -> str:
    if types == ATOMS:
        return "any"
    named = [name for name in _ORDER if name in types and name != "fraction"]
    if "fraction" in types:
        named = ["number" if name == "integer" else name for name in named]
        named = named if "number" in named else [*named, "number"]
    return ", ".join(named) or "none"


def _names(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "none"
