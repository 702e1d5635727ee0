"""What is proved of two schemas is true of the validators of the Lambda."""

from __future__ import annotations

import copy
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openapi_first.diff.findings.rules import Effect
from openapi_first.diff.schemas.containment import Containment
from openapi_first.diff.schemas.views import parts_of
from openapi_first.documents.node import Node
from openapi_first.documents.source import Source, SourceFiles
from openapi_first.patterns.to_rust import to_rust
from openapi_first.runtime.plan import DRAFT_4, DRAFT_2020_12, SchemaPlan
from openapi_first.runtime.validators import Validator, validator_for
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import SchemaLowering

SLOWLY = settings(suppress_health_check=list(HealthCheck))

limits = st.sampled_from([-1, 0, 1, 2, 0.5, 0.1, 2.5, 2**53, 2**53 + 1, 10**30, 1e30])
multiples = st.sampled_from([1, 2, 3, 0.5, 0.1, 0.01, 0.3, 1.5, 2.0])
small = st.integers(0, 3)
PATTERNS = ["^a", "b$", "^[ab]+$", "^.$", r"^\w+$", r"^\d+$", "^(a|ab)$", "^[^a]$", "(?!a)b", ""]
FORMATS = ["date", "email", "uuid", "ipv4", "date-time", "byte", "char", "uri", "unknown"]
TEXTS = ["".join(each) for size in range(4) for each in product("ab1", repeat=size)]
TEXTS += [
    "2020-01-01",
    "2020-01-01T00:00:00Z",
    "a@b.c",
    "A <a@b.c>",
    "127.0.0.1",
    "aGk=",
    "😀",
    "\n",
]
NUMBERS: list[Any] = [-2, -1, 0, 1, 2, 3, 4, 6, 0.5, 1.0, 2.0, 2.5, 0.1, 0.3, 0.58, 1.5]
NUMBERS += [2**53, 2**53 + 1, 2**53 + 2, 10**30, 1e30, 2**31, Decimal("0.29"), Decimal("2.34")]
NAMES = ("a", "b")
scalars = st.sampled_from([None, True, False, 0, 1, 2, 1.0, 0.5, "", "a", "ab", "1", [], {}])


def leaves(version: str) -> st.SearchStrategy[Any]:
    exclusive = st.booleans() if version == "3.0" else limits
    numbers = st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])},
        optional={
            "minimum": limits,
            "maximum": limits,
            "exclusiveMinimum": exclusive,
            "exclusiveMaximum": exclusive,
            "multipleOf": multiples,
            "format": st.sampled_from(["int32", "int64", "double", "float"]),
        },
    )
    texts = st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={
            "minLength": small,
            "maxLength": small,
            "pattern": st.sampled_from(PATTERNS),
            "format": st.sampled_from(FORMATS),
        },
    )
    listed = st.lists(scalars, min_size=1, max_size=3, unique_by=repr)
    some = [numbers, texts, st.builds(lambda each: {"enum": each}, listed)]
    some += [st.just({"type": "boolean"}), st.just({}), st.just({"$ref": REFERENCE})]
    if version == "3.1":
        some.append(st.builds(lambda each: {"const": each}, scalars))
        some.append(st.just({"type": ["string", "null"]}))
    return st.one_of(some)


REFERENCE = "#/components/schemas/Tree"


def nested(inner: st.SearchStrategy[Any], version: str) -> st.SearchStrategy[Any]:
    def of(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries({}, optional=members)

    branches = st.lists(inner, min_size=1, max_size=3)
    objects: dict[str, st.SearchStrategy[Any]] = {
        "type": st.just("object"),
        "properties": st.dictionaries(st.sampled_from(NAMES), inner),
        "required": st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
        "additionalProperties": st.one_of(st.booleans(), inner),
        "minProperties": small,
        "maxProperties": small,
    }
    arrays: dict[str, st.SearchStrategy[Any]] = {
        "type": st.just("array"),
        "items": inner,
        "minItems": small,
        "maxItems": small,
        "uniqueItems": st.booleans(),
    }
    others = [st.builds(lambda each: {"not": each}, inner)]
    if version == "3.1":
        objects |= {
            "patternProperties": st.dictionaries(st.sampled_from(["^a", "b$"]), inner),
            "propertyNames": inner,
            "dependentRequired": st.just({"a": ["b"]}),
            "dependentSchemas": st.dictionaries(st.sampled_from(NAMES), inner, max_size=1),
            "unevaluatedProperties": st.just(False),
        }
        arrays |= {
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "contains": inner,
            "minContains": small,
            "unevaluatedItems": st.just(False),
        }
        others.append(of(**{"if": inner, "then": inner, "else": inner}))
    choices = [
        st.builds(lambda each, key=key: {key: each}, branches)
        for key in ("allOf", "anyOf", "oneOf")
    ]
    return st.one_of(of(**objects), of(**arrays), *choices, *others)


def schemas(version: str) -> st.SearchStrategy[Any]:
    return st.recursive(leaves(version), lambda inner: nested(inner, version), max_leaves=4)


def related(draw: st.DrawFn, one: Any, version: str) -> Any:
    """Another schema that has to do with the first."""
    other = draw(leaves(version))
    how = draw(st.sampled_from(["less", "more", "any", "one", "all", "not"]))
    if how == "less" and one:
        return {key: one[key] for key in one if key != draw(st.sampled_from(sorted(one)))}
    if how == "more" and "$ref" not in one:
        return {**one, **other} if "$ref" not in other else {"allOf": [one, other]}
    if how == "not":
        return {"not": {"not": one}}
    return {f"{how if how in ('any', 'one') else 'all'}Of": [copy.deepcopy(one), other]}


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, Any, Any]:
    version = draw(st.sampled_from(["3.0", "3.1"]))
    one = draw(schemas(version))
    other = related(draw, one, version) if draw(st.booleans()) else draw(schemas(version))
    return version, *draw(st.permutations([one, other]))


TREE = {
    "type": "object",
    "properties": {"a": {"$ref": REFERENCE}, "b": {"type": "string"}},
    "additionalProperties": False,
}


def written(schema: Any) -> Node:
    value = {"schema": schema, "components": {"schemas": {"Tree": TREE}}}
    return Node(Source(Path("c.yaml"), b"", value, dict, SourceFiles()), schema, "/schema")


def validator(version: str, node: Node) -> Validator:
    lowering = SchemaLowering(Direction.REQUEST, version, to_rust)
    schema = lowering.lower(node)
    names = lowering.references.of(schema)
    shared = {name: (lambda found=lowering.definitions[name]: found) for name in names}
    dialect = DRAFT_4 if version == "3.0" else DRAFT_2020_12
    return validator_for(SchemaPlan(schema, names), shared, dialect)


def corpus() -> list[Any]:
    few = [None, True, 1, 1.0, 0.5, "ab", ""]
    leaf = [None, True, False, *NUMBERS, *TEXTS]
    found: list[Any] = [*leaf, [], {}, *([each] for each in leaf), *map(list, product(few, few))]
    found += [{name: each} for name in (*NAMES, "c", "ab") for each in leaf]
    found += [{"a": one, "b": other} for one, other in product(few, few)]
    found += [{"a": one, "b": "x", "c": other} for one, other in product(few, few)]
    return [*found, [1, 1, 1], [[]], [{}], {"a": {}}, {"a": {"b": "x"}}, {"a": {"a": {"c": 1}}}]


VALUES = corpus()


@pytest.mark.timeout(600)
@SLOWLY
@given(st.data())
def test_no_value_disproves_what_is_proved(data: st.DataObject) -> None:
    for _ in range(2):
        version, *both = data.draw(pairs())
        old, new = map(written, both)
        try:
            before, after = (validator(version, each) for each in (old, new))
        except ValueError:  # a schema that no contract may have
            continue
        containment = Containment(Direction.REQUEST, version, version)
        possible = containment.relation(parts_of(old), parts_of(new)).possible
        if possible == Effect.BOTH:
            continue
        for value in VALUES:
            one, other = before.is_valid(value), after.is_valid(value)
            assert not one or other or Effect.NARROWER in possible, (version, both, value)
            assert not other or one or Effect.WIDER in possible, (version, both, value)


CASES: list[tuple[str, str, Any, Any, Effect]] = [
    ("decimals", "3.0", {"multipleOf": 0.1}, {"multipleOf": 0.3}, Effect.NARROWER),
    ("large integers", "3.0", {"maximum": 2**53}, {"maximum": 2**53 + 1}, Effect.WIDER),
    (
        "a format of the library that the Lambda checks itself",
        "3.1",
        {"type": "string", "format": "email", "const": "Joe <a@b.c>"},
        {"not": {}},
        Effect.NARROWER,
    ),
    (
        "finite sets",
        "3.0",
        {"enum": [1, 2, 3]},
        {"type": "integer", "minimum": 1, "maximum": 3},
        Effect.NONE,
    ),
    ("booleans", "3.0", {"type": "boolean"}, {"enum": [True, False]}, Effect.NONE),
    (
        "1.0, which 3.0 does not take for an integer",
        "3.0",
        {"type": "number", "multipleOf": 1},
        {"type": "integer"},
        Effect.NARROWER,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_what_is_proved(case: tuple[str, str, Any, Any, Effect]) -> None:
    _, version, old, new, possible = case
    containment = Containment(Direction.REQUEST, version, version)
    pair = (parts_of(written(each)) for each in (old, new))
    assert containment.relation(*pair).possible == possible


def test_two_versions_of_openapi_are_compared_by_the_newer_one() -> None:
    containment = Containment(Direction.REQUEST, "3.0", "3.1")
    old = {"type": "integer", "minimum": 1, "exclusiveMinimum": True, "nullable": True}
    new = {"type": ["integer", "null"], "minimum": 2}
    pair = parts_of(written(old)), parts_of(written(new))
    assert containment.relation(*pair).possible == Effect.NONE


def test_what_cannot_be_lowered_proves_nothing() -> None:
    containment = Containment(Direction.REQUEST, "3.0", "3.0")
    pair = parts_of(written({"pattern": "("})), parts_of(written({}))
    assert containment.relation(*pair).possible == Effect.BOTH
