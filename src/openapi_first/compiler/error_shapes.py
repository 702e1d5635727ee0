"""Recognises common shapes of error bodies in a lowered schema, and writes templates for them.

A member is recognised by its name; the first value that its own schema allows, for every sample
problem, is its template. The caller validates the template as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol

from openapi_first.compiler.error_members import (
    CODE,
    LISTS,
    MAY_BE_MISSING,
    MESSAGE,
    NAMES,
    NESTED,
    STATUSES,
    WORDS,
    plain_name,
    values_of,
)
from openapi_first.core.problem_details import Problem, phrase
from openapi_first.core.problem_templates import BY_STATUS, DIRECTIVES, EACH, EACH_IF_ANY

PROBLEM_DETAILS: Mapping[str, Any] = {
    **{name: f"${name}" for name in ("type", "title", "status", "detail", "instance")},
    "errors": {
        EACH_IF_ANY: {"parameter": "$parameter", "pointer": "$pointer", "detail": "$error_detail"}
    },
}
"""Problem details as JSON without a media type of their own."""


class Allows(Protocol):
    """Whether a schema allows a template, filled for each of the problems, or each of their errors
    for an `item` of a list."""

    def __call__(
        self, schema: Any, template: Any, problems: Sequence[Problem], /, *, item: bool
    ) -> bool: ...


_MOST_SHAPES = 16
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class _Shape:
    """An object that a schema allows: its members with their schemas, and those it requires."""

    members: Mapping[str, Any]
    required: frozenset[str]


class ShapeReader:
    """Reads the shapes of schemas whose references lead to `definitions`."""

    def __init__(self, definitions: Mapping[str, Any], allows: Allows) -> None:
        self._definitions = definitions
        self._allows = allows

    def templates(self, schema: Any, problems: Sequence[Problem]) -> list[Any]:
        """The distinct templates for the shapes that the schema allows, not yet validated."""
        found: list[Any] = []
        for shape in self._shapes(schema):
            template = self._object(shape, problems, item=False, above=())
            if template and template not in found:
                found.append(template)
        return found

    def _object(
        self, shape: _Shape, problems: Sequence[Problem], *, item: bool, above: tuple[_Shape, ...]
    ) -> dict[str, Any]:
        """`item`: an item of a list of errors, which has variables of its own. `above` are the
        shapes that this one is in; one of them again would only repeat what they say."""
        inside = (*above, shape) if len(above) < _DEEPEST else None
        names = {
            plain_name(name)
            for name, member in shape.members.items()
            if plain_name(name) not in LISTS or self._items(member) is None
        }
        has_list = any(
            plain_name(name) in LISTS and self._items(member) is not None
            for name, member in shape.members.items()
        )
        template: dict[str, Any] = {}
        for name, member in shape.members.items():
            if name in DIRECTIVES:
                continue
            required = name in shape.required
            plain = plain_name(name)
            values: list[Any] = []
            if inside is not None and not item and plain in LISTS:
                # Without a message, the list is the only place of what is wrong.
                told = bool(names & MESSAGE) and not required
                values += self._lists(member, problems, EACH_IF_ANY if told else EACH, inside)
            if inside is not None and plain in NESTED:
                values += self._nested(member, problems, item=item, above=inside)
            values += values_of(plain, names, item=item, has_list=has_list)
            if plain in CODE | NAMES or plain == "type":
                values += self._enumerated(member)
            if required:
                values += self._only(member)
            for value in values:
                if required and value in MAY_BE_MISSING:
                    continue
                if self._allows(member, value, problems, item=item):
                    template[name] = value
                    break
        return template

    def _lists(
        self, member: Any, problems: Sequence[Problem], key: str, above: tuple[_Shape, ...]
    ) -> Iterator[Any]:
        items = self._items(member)
        if items is None:
            return
        for shape in self._shapes(items):
            template = self._object(shape, problems, item=True, above=above)
            if template:
                yield {key: template}
        yield {key: "$error"}

    def _nested(
        self, member: Any, problems: Sequence[Problem], *, item: bool, above: tuple[_Shape, ...]
    ) -> Iterator[Any]:
        for shape in self._shapes(member):
            if shape in above:
                continue
            template = self._object(shape, problems, item=item, above=above)
            if template:
                yield template

    def _enumerated(self, member: Any) -> Iterator[Any]:
        """The enumerated value for each status; one for its class stands for the others."""
        values = self._keyword(member, "enum") or ()
        if len(values) == 1:
            yield from self._only(member)
            return
        by_word = {
            plain_name(str(value)): value for value in values if isinstance(value, str | int)
        }
        found: dict[str, Any] = {}
        for status in STATUSES:
            words = (str(status), plain_name(phrase(status)), *WORDS.get(status, ()))
            word = next((each for each in words if each in by_word), None)
            if word is not None and not str(by_word[word]).startswith("$"):
                found[str(status)] = by_word[word]
                if status % 100 == 0:
                    found[f"{status // 100}XX"] = by_word[word]
        if found:
            yield {BY_STATUS: found}

    def _only(self, member: Any) -> Iterator[Any]:
        """The values of a required member that no name explains: the only one, else null."""
        values = self._keyword(member, "enum") or [self._keyword(member, "const")]
        if len(values) == 1 and isinstance(values[0], str | int) and "$" not in str(values[0]):
            yield values[0]
        yield None

    def _keyword(self, schema: Any, name: str) -> Any:
        """The keyword's value in the schema, behind its references and in its `allOf`."""
        for part in self._parts(schema, set()):
            if name in part:
                return part[name]
        return None

    def _items(self, schema: Any) -> Any:
        types = self._keyword(schema, "type")
        if types is not None and "array" not in ([types] if isinstance(types, str) else types):
            return None
        return self._keyword(schema, "items")

    def _parts(self, schema: Any, seen: set[str]) -> Iterator[dict[str, Any]]:
        """The schema and everything that applies to the same value without a choice, and choices
        that only add null."""
        if not isinstance(schema, dict):
            return
        yield schema
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            yield from self._parts(self._target(reference), seen)
        for branch in schema.get("allOf", ()):
            yield from self._parts(branch, seen)
        for name in ("anyOf", "oneOf"):
            branches = [each for each in schema.get(name, ()) if each != {"type": "null"}]
            if len(branches) == 1:
                yield from self._parts(branches[0], seen)

    def _shapes(self, schema: Any, seen: frozenset[str] = frozenset()) -> list[_Shape]:
        """Every choice of `anyOf` and `oneOf`, each with what `allOf` adds; none for schemas that
        have no members."""
        if not isinstance(schema, dict):
            return []
        members = schema.get("properties", {})
        own = _Shape(members, frozenset(schema.get("required", ())))
        groups = [[own]]
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            groups.append(self._shapes(self._target(reference), seen | {reference}))
        groups += [self._shapes(branch, seen) for branch in schema.get("allOf", ())]
        for name in ("anyOf", "oneOf"):
            if name in schema:
                groups.append([each for one in schema[name] for each in self._shapes(one, seen)])
        found = []
        for choice in product(*(group for group in groups if group)):
            merged: dict[str, Any] = {}
            for shape in choice:
                for key, member in shape.members.items():
                    merged[key] = {"allOf": [merged[key], member]} if key in merged else member
            if merged:
                required = frozenset[str]().union(*(shape.required for shape in choice))
                found.append(_Shape(merged, required))
            if len(found) == _MOST_SHAPES:
                break
        return found

    def _target(self, reference: str) -> Any:
        return self._definitions.get(reference.rpartition("/")[2], {})
