"""The schemas that apply to one value together: references followed, and one branch chosen of each
`anyOf`, `oneOf`, `if` and `not`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from openapi_first.samples.depths import Depths
from openapi_first.samples.negations import TYPES, negated
from openapi_first.samples.values.json_equality import comparable
from openapi_first.samples.values.numbers import OFF

Leaves = tuple[dict[str, Any], ...]
_Option = tuple[Any, ...]
_Choice = Callable[[Sequence[dict[str, Any]]], Iterator[_Option]]
"""The options of one choice, given the schemas that apply anyway."""

_DEEP = 4
"""From this nesting on, the flattest branch comes first."""
_DEPTH_OF_CONTRADICTIONS = 2
_OBJECT = frozenset({"object"})


def types_of(leaves: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """The types that all of the schemas allow, most likely ones first; "integer" is left out where
    "number" is there."""
    allowed = set(_allowed(leaves))
    named = next((each["type"] for each in leaves if "type" in each), ())
    first = (named,) if isinstance(named, str) else named
    if "number" in allowed:
        allowed.discard("integer")
    order = dict.fromkeys((*first, *_likely(leaves), *TYPES))
    return tuple(name for name in order if name in allowed)


def _allowed(leaves: Sequence[dict[str, Any]]) -> frozenset[str]:
    found = _ALL
    for schema in leaves:
        named = schema.get("type")
        if named is not None:
            found &= _types((named,) if isinstance(named, str) else tuple(named))
    return found


_ALL = frozenset(TYPES)


@cache
def _types(names: tuple[str, ...]) -> frozenset[str]:
    """The names, and "integer" beside "number"."""
    return frozenset({*names, "integer"} if "number" in names else names)


_HINTS = {
    "object": ("properties", "required", "additionalProperties", "minProperties", "propertyNames"),
    "array": ("items", "prefixItems", "contains", "minItems", "uniqueItems", "maxItems"),
    "string": ("pattern", "format", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
}


def _likely(leaves: Sequence[dict[str, Any]]) -> Iterator[str]:
    keys = {key for schema in leaves for key in schema}
    for name, hints in _HINTS.items():
        if not keys.isdisjoint(hints):
            yield name
    yield from ("string", "integer")


def listed(leaves: Sequence[dict[str, Any]]) -> list[Any] | None:
    """The values in `enum` and `const` of all schemas, without those that one of them negates; None
    if there is no such keyword."""
    found: list[Any] | None = None
    for schema in leaves:
        values = _values_of(schema)
        if values is None:
            continue
        if found is None:
            found = list(values)
        else:
            allowed = set(map(comparable, values))
            found = [each for each in found if comparable(each) in allowed]
    for schema in leaves if found else ():
        for negative in (schema.get("not"), schema.get(OFF)):
            values = _values_of(negative) if isinstance(negative, dict) else None
            if values is not None and found is not None and len(negative or ()) == 1:
                barred = set(map(comparable, values))
                found = [each for each in found if comparable(each) not in barred]
    return found


def _values_of(schema: dict[str, Any]) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


class Branches:
    """Chooses branches of schemas that refer to `definitions`. `spend` counts the choices, and may
    end the search. Without `opposites`, only schemas are chosen that are written, so that values of
    the result may violate a `not`, or match two branches of `oneOf`. With `flat`,
    the branches that nest least come first everywhere."""

    def __init__(
        self,
        definitions: Mapping[str, Any],
        depths: Depths,
        spend: Callable[[int], None],
        *,
        opposites: bool = True,
        flat: bool = False,
    ) -> None:
        self._deep = 0 if flat else _DEEP
        self._spend = spend
        self._with_opposites = opposites
        self._definitions = definitions
        self._depths = depths
        self._negations: dict[int, tuple[Any, tuple[Any, ...]]] = {}

    def resolved(self, reference: str) -> Any:
        return self._definitions.get(reference.rpartition("/")[2], True)

    def leaves(self, schemas: Sequence[Any], above: frozenset[int], depth: int) -> Iterator[Leaves]:
        """For each way to choose branches, the schemas that then apply. Keywords that hold other
        schemas for the same value are still in them, and can be ignored. `above` are the schemas
        by `id` that hold the value, and come last."""
        return self._expanded(schemas, (), (), frozenset(), above, depth)

    def _expanded(
        self,
        schemas: Sequence[Any],
        known: Leaves,
        open_choices: tuple[_Choice, ...],
        seen: frozenset[int],
        above: frozenset[int],
        depth: int,
    ) -> Iterator[Leaves]:
        self._spend(1)
        found, choices, met = list(known), list(open_choices), set(seen)
        queue = list(reversed(schemas))
        while queue:
            schema = queue.pop()
            if schema is False:
                return
            if not isinstance(schema, dict) or id(schema) in met:
                continue
            met.add(id(schema))
            found.append(schema)
            queue.extend(reversed(schema.get("allOf", ())))
            if "$ref" in schema:
                queue.append(self.resolved(schema["$ref"]))
            choices.extend(self._choices(schema, above, depth))
        if not _allowed(found) or (seen and self._contradict(found)):
            return
        if not choices:
            yield tuple(found)
            return
        for option in choices[0](found):
            yield from self._expanded(
                option, tuple(found), tuple(choices[1:]), frozenset(met), above, depth
            )

    def _choices(
        self, schema: dict[str, Any], above: frozenset[int], depth: int
    ) -> Iterator[_Choice]:
        for key in ("anyOf", "oneOf"):
            if key in schema:
                branches = self._ordered(schema[key], above, depth)
                yield lambda _, key=key, branches=branches: self._one_of(key, branches)  # type: ignore[misc]
        if "if" in schema and ("then" in schema or "else" in schema):
            yield lambda _: self._conditional(schema)
        if "not" in schema and self._with_opposites:
            yield lambda known: self._opposites(schema["not"], known)
        for key in ("dependentSchemas", "dependencies"):
            for name, needed in schema.get(key, {}).items():
                if not isinstance(needed, list):
                    yield _dependent(name, needed)

    def _ordered(self, branches: Sequence[Any], above: frozenset[int], depth: int) -> list[Any]:
        def rank(branch: Any) -> tuple[bool, float]:
            height = self._depths.of(branch)
            target = branch
            if isinstance(branch, dict) and "$ref" in branch:
                target = self.resolved(branch["$ref"])
            again = id(target) in above
            return again, height if depth >= self._deep or again else 0

        finite = [each for each in branches if self._depths.of(each) != float("inf")]
        return sorted(finite, key=rank)

    def _one_of(self, key: str, branches: list[Any]) -> Iterator[_Option]:
        for branch in branches:
            yield (branch,)
        if key == "oneOf" and len(branches) > 1 and self._with_opposites:
            for index, branch in enumerate(branches):
                others = branches[:index] + branches[index + 1 :]
                yield (branch, *map(self.opposite, others))

    def _conditional(self, schema: dict[str, Any]) -> Iterator[_Option]:
        yield schema["if"], schema.get("then", True)
        asked = self.opposite(schema["if"]) if self._with_opposites else True
        yield asked, schema.get("else", True)

    def _opposites(self, schema: Any, known: Sequence[dict[str, Any]]) -> Iterator[_Option]:
        """Without those of a schema that applies anyway. Values that are listed come first, since
        they are what most branches differ in."""
        applied = {id(each) for each in known}
        if id(self._target(schema)) in applied:
            return
        for each in self._negated(schema):
            if "not" not in each or id(self._target(each["not"])) not in applied:
                yield (each,)

    def _target(self, schema: Any) -> Any:
        if isinstance(schema, dict) and schema.keys() == {"$ref"}:
            return self._target(self.resolved(schema["$ref"]))
        return schema

    def _contradict(self, schemas: Sequence[Any], depth: int = 0) -> bool:
        """Whether no value matches all schemas, as far as that is quickly seen."""
        leaves = list(self._always(schemas))
        if False in [each for each in leaves if isinstance(each, bool)]:
            return True
        found = [each for each in leaves if isinstance(each, dict)]
        allowed = _allowed(found)
        if not allowed or listed(found) == []:
            return True
        if depth == _DEPTH_OF_CONTRADICTIONS or allowed != _OBJECT:
            return False
        members: dict[str, list[Any]] = {}
        for schema in found:
            for name, member in schema.get("properties", {}).items():
                members.setdefault(name, []).append(member)
        return any(
            self._contradict(members[name], depth + 1)
            for name in dict.fromkeys(name for each in found for name in each.get("required", ()))
            if name in members
        )

    def _always(self, schemas: Sequence[Any]) -> Iterator[Any]:
        """The schemas and those that they refer to for the same value without a choice."""
        queue, met = list(schemas), set()
        while queue:
            schema = queue.pop()
            if id(schema) in met:
                continue
            met.add(id(schema))
            yield schema
            if isinstance(schema, dict):
                queue.extend(schema.get("allOf", ()))
                if "$ref" in schema:
                    queue.append(self.resolved(schema["$ref"]))
                if schema.get("not") == {}:
                    yield False

    def opposite(self, schema: Any) -> Any:
        """`{"not": schema}`, the same object each time."""
        return self._memo(schema)[0]

    def _negated(self, schema: Any) -> tuple[Any, ...]:
        return self._memo(schema)[1]

    def _memo(self, schema: Any) -> tuple[Any, tuple[Any, ...]]:
        if isinstance(schema, bool):
            return not schema, ({},) if schema is False else ()
        if id(schema) not in self._negations:
            wrapped = {"not": schema}
            opposites = sorted(negated(schema, self.resolved), key=_is_about_lists, reverse=True)
            self._negations[id(schema)] = wrapped, tuple(opposites)
        return self._negations[id(schema)]


def _is_about_lists(schema: Any) -> bool:
    """Whether a schema that was made to violate another is about the values that it lists."""
    if not isinstance(schema, dict):
        return False
    members = [each for each in schema.get("properties", {}).values() if isinstance(each, dict)]
    opposites = [each.get("not") for each in members]
    return any(isinstance(each, dict) and {"const", "enum"} & each.keys() for each in opposites)


def _dependent(name: str, needed: Any) -> _Choice:
    present, absent = {"required": [name]}, {"properties": {name: False}}

    def options(known: Sequence[dict[str, Any]]) -> Iterator[_Option]:
        if any(name in schema.get("required", ()) for schema in known):
            yield (needed,)
            return
        yield (absent,)
        yield present, needed

    return options
