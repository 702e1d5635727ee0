"""If `contract diff` finds nothing breaking, no valid message becomes invalid; and an edit that
keeps the meaning of a contract is not a change."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openapi_first.diff.findings.changes import Change, Changes
from openapi_first.diff.schemas.comparison import SchemaComparison
from openapi_first.diff.schemas.known import Known, Sides
from openapi_first.diff.schemas.views import parts_of
from openapi_first.documents.node import Node
from openapi_first.documents.source import Source, SourceFiles
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import SchemaLowering

NAMES = ("a", "b", "c")
SLOWLY = settings(suppress_health_check=list(HealthCheck))

small = st.integers(0, 3)
scalars = st.one_of(
    st.integers(-2, 4), st.sampled_from([0.5, 2.5]), st.text("ab", max_size=3), st.booleans()
)
typed = st.one_of(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])},
        optional={
            "minimum": small,
            "maximum": small,
            "exclusiveMinimum": st.booleans(),
            "multipleOf": st.sampled_from([1, 2, 3]),
            "nullable": st.booleans(),
        },
    ),
    st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={
            "minLength": small,
            "maxLength": small,
            "pattern": st.sampled_from(["^a", "b$"]),
            "enum": st.lists(st.text("ab", max_size=2), min_size=1, max_size=3, unique=True),
            "nullable": st.booleans(),
        },
    ),
    st.just({"type": "boolean"}),
    st.builds(
        lambda values: {"enum": values},
        st.lists(scalars, min_size=1, max_size=3, unique_by=lambda v: json.dumps(v)),
    ),
    st.just({}),
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    property_ = st.tuples(inner, st.sampled_from([{}, {}, {"readOnly": True}, {"writeOnly": True}]))
    return st.fixed_dictionaries(
        {
            "type": st.just("object"),
            "properties": st.dictionaries(
                st.sampled_from(NAMES), property_.map(lambda pair: {**pair[0], **pair[1]})
            ),
        },
        optional={
            "required": st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
            "additionalProperties": st.one_of(st.just(False), inner),
            "minProperties": small,
            "maxProperties": small,
        },
    )


def composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    branches = st.lists(inner, min_size=1, max_size=3)
    arrays = st.fixed_dictionaries(
        {"type": st.just("array"), "items": inner},
        optional={"minItems": small, "maxItems": small, "uniqueItems": st.booleans()},
    )
    keys = st.sampled_from(["allOf", "anyOf", "oneOf"])
    choices = st.builds(lambda key, listed: {key: listed}, keys, branches)
    return st.one_of(
        objects(inner), arrays, choices, st.builds(lambda schema: {"not": schema}, inner)
    )


schemas = st.recursive(typed, composed, max_leaves=5)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    """A schema, and a copy with a few changes."""
    old = draw(schemas)
    new = copy.deepcopy(old)
    for _ in range(draw(st.integers(1, 2))):
        new = draw(changed(new))
    return old, new


@st.composite
def changed(draw: st.DrawFn, schema: Any) -> Any:
    """The schema with one change."""
    places: list[tuple[Any, Any]] = []

    def visit(owner: Any, key: Any) -> None:
        places.append((owner, key))
        value = owner[key]
        for name in ("items", "not", "additionalProperties"):
            if isinstance(value.get(name), dict):
                visit(value, name)
        for name in value.get("properties", {}):
            visit(value["properties"], name)
        for name in ("allOf", "anyOf", "oneOf"):
            for index in range(len(value.get(name, ()))):
                visit(value[name], index)

    root = {"schema": schema}
    visit(root, "schema")
    owner, key = draw(st.sampled_from(places))
    value = owner[key]
    how = draw(st.sampled_from(["replace", "drop", "merge", "branch", "wrap"]))
    if how == "drop" and value:
        del value[draw(st.sampled_from(sorted(value)))]
    elif how == "merge":
        owner[key] = {**value, **draw(st.one_of(typed, objects(typed)))}
    elif how == "branch" and {"anyOf", "oneOf", "allOf"} & set(value):
        listed = next(value[name] for name in ("anyOf", "oneOf", "allOf") if name in value)
        if draw(st.booleans()) or len(listed) == 1:
            listed.append(draw(typed))
        else:
            listed.pop(draw(st.integers(0, len(listed) - 1)))
    elif how == "wrap":
        owner[key] = {draw(st.sampled_from(["anyOf", "oneOf"])): [value, draw(typed)]}
    else:
        owner[key] = draw(schemas)
    return root["schema"]


def written(file: str, schema: Any, components: dict[str, Any] | None = None) -> Node:
    """The schema in an otherwise empty contract."""
    value = {"schema": schema, "components": {"schemas": components or {}}}
    return Node(Source(Path(file), b"", value, dict, SourceFiles()), schema, "/schema")


def compared(old: Node, new: Node, direction: Direction) -> tuple[Change, ...]:
    changes = Changes()
    comparison = SchemaComparison(Known.of(direction, Sides("3.0", "3.0")), changes)
    comparison.compare(parts_of(old), parts_of(new), "body")
    return changes.all


def validator(node: Node, direction: Direction) -> Any:
    """The validator of the Lambda."""
    lowering = SchemaLowering(direction, "3.0", str)
    schema = lowering.lower(node)
    return jsonschema_rs.Draft4Validator({**schema, "definitions": lowering.definitions})


def corpus() -> list[Any]:
    """Small values of every kind, nested one level deep, and some two."""
    texts = ["", "a", "b", "ab", "ba", "aab", "baa"]
    leaves = [None, True, False, -1, 0, 1, 2, 3, 4, 6, 0.5, 2.5, -0.5, *texts]
    few = [None, True, 1, 2.5, "ab", 3, ""]
    lists = [[], *([leaf] for leaf in leaves), *([one, other] for one in few for other in few)]
    singles = [{name: leaf} for name in NAMES for leaf in leaves]
    doubles = [{"a": one, "b": other} for one in few for other in few]
    triples = [{"a": one, "b": other, "c": 1} for one in few for other in few]
    nested = [{"a": value} for value in ({}, {"a": 1}, {"b": "ab"}, [], [1], [{}], {"a": {}})]
    return [*leaves, *lists, {}, *singles, *doubles, *triples, *nested, [{}], [{"a": "ab"}], [[1]]]


CORPUS = corpus()


def only_declared(schema: Any, value: Any) -> bool:
    """Whether the schema names or rules out each property of the value: others are assumed not to
    be sent."""
    if isinstance(value, list):
        return all(only_declared(each, item) for each in _at(schema, "items") for item in value)
    if not isinstance(value, dict):
        return True
    return all(_spoken(schema, name) for name in value) and all(
        only_declared(each, item) for name, item in value.items() for each in _of(schema, name)
    )


def _branches(schema: Any) -> list[Any]:
    found = [schema]
    for key in ("allOf", "anyOf", "oneOf"):
        for branch in schema.get(key, ()):
            found.extend(_branches(branch))
    if "not" in schema:
        found.extend(_branches(schema["not"]))
    return found


def _at(schema: Any, key: str) -> list[Any]:
    return [branch[key] for branch in _branches(schema) if key in branch]


def _of(schema: Any, name: str) -> list[Any]:
    return [each[name] for each in _at(schema, "properties") if name in each]


def _spoken(schema: Any, name: str) -> bool:
    """Whether every branch names the property or has a schema for all others."""
    return all(
        name in branch.get("properties", {})
        or branch.get("additionalProperties") not in (None, True, {})
        for branch in _branches(schema)
        if "properties" in branch or branch is schema
    )


@SLOWLY
@given(st.data())
def test_what_breaks_nobody_takes_every_request_that_was_valid(data: st.DataObject) -> None:
    old, new = data.draw(pairs())
    one, other = written("old.yaml", old), written("new.yaml", new)
    changes = compared(one, other, Direction.REQUEST)
    if any(change.breaking for change in changes):
        return
    before, after = (validator(each, Direction.REQUEST) for each in (one, other))
    for value in CORPUS:
        if before.is_valid(value) and only_declared(old, value):
            assert after.is_valid(value), (value, [change.sentence for change in changes])


@SLOWLY
@given(st.data())
def test_what_breaks_nobody_sends_no_response_that_was_invalid(data: st.DataObject) -> None:
    old, new = data.draw(pairs())
    one, other = written("old.yaml", old), written("new.yaml", new)
    changes = compared(one, other, Direction.RESPONSE)
    if any(change.breaking for change in changes):
        return
    before, after = (validator(each, Direction.RESPONSE) for each in (one, other))
    for value in CORPUS:
        if after.is_valid(value) and only_declared(new, value):
            assert before.is_valid(value), (value, [change.sentence for change in changes])


def shuffled(value: Any, data: st.DataObject, key: str = "") -> Any:
    """The same value, with members and unordered lists in another order."""
    if isinstance(value, dict):
        names = data.draw(st.permutations(list(value)))
        return {name: shuffled(value[name], data, name) for name in names}
    if isinstance(value, list):
        items = [shuffled(item, data) for item in value]
        unordered = key in ("allOf", "anyOf", "oneOf", "required", "enum")
        return data.draw(st.permutations(items)) if unordered else items
    return value


def extracted(value: Any, data: st.DataObject, components: dict[str, Any]) -> Any:
    """The same schema, some of its parts moved into components."""
    if not isinstance(value, dict):
        return value
    inner = dict(value)
    for name in ("items", "not", "additionalProperties"):
        if isinstance(inner.get(name), dict):
            inner[name] = extracted(inner[name], data, components)
    if "properties" in inner:
        inner["properties"] = {
            name: extracted(each, data, components) for name, each in inner["properties"].items()
        }
    for name in ("anyOf", "oneOf"):
        if name in inner:
            inner[name] = [extracted(each, data, components) for each in inner[name]]
    if data.draw(st.booleans()):
        name = f"Part{len(components)}{data.draw(st.sampled_from('xyz'))}"
        components[name] = inner
        return {"$ref": f"#/components/schemas/{name}"}
    return inner


@SLOWLY
@given(st.data())
def test_another_order_and_other_components_are_not_a_change(data: st.DataObject) -> None:
    schema = data.draw(schemas)
    components: dict[str, Any] = {}
    moved = shuffled(extracted(schema, data, components), data)
    old = written("old.yaml", schema)
    new = written("new.yaml", moved, shuffled(components, data, "schemas"))
    for direction in Direction:
        for pair in ((old, written("new.yaml", schema)), (old, new), (new, old)):
            assert [change.sentence for change in compared(*pair, direction)] == []


def test_the_generators_reach_changes_that_break_nobody_and_values_that_matter() -> None:
    """The tests above must not pass because they compare nothing."""
    counts = {"compatible": 0, "values": 0}

    @SLOWLY
    @given(st.data())
    def count(data: st.DataObject) -> None:
        old, new = data.draw(pairs())
        one = written("old.yaml", old)
        changes = compared(one, written("new.yaml", new), Direction.REQUEST)
        if changes and not any(change.breaking for change in changes):
            counts["compatible"] += 1
            before = validator(one, Direction.REQUEST)
            counts["values"] += sum(map(before.is_valid, CORPUS)) > 0

    count()
    assert counts["compatible"] > SLOWLY.max_examples / 10, counts
    assert counts["values"] > SLOWLY.max_examples / 15, counts
