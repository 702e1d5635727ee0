"""`deepObject` with arrays, nesting and alternatives is read as `qs` and Rack read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.compiler.text_planner import nested_plan
from openapi_first.documents.errors import ContractError
from openapi_first.openapi.loader import load
from openapi_first.runtime.coercion import candidates
from openapi_first.runtime.parameters import header_value, read_parameter
from openapi_first.runtime.plan import ParameterPlan, SchemaPlan, TextPlan
from openapi_first.runtime.proxy_event import ProxyEvent
from openapi_first.runtime.styles import split_path_value, split_simple
from support.compiled import Handler, contract_of, event, serve
from support.documents import written

FORM = "application/x-www-form-urlencoded"
INT: dict[str, Any] = {"type": "integer"}
TEXT: dict[str, Any] = {"type": "string"}
NEGATIVE = {"type": "integer", "maximum": -1}
FILTER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "a": INT,
        "l": {"type": "array", "items": INT},
        "n": {"type": "object", "properties": {"z": TEXT, "i": INT}},
        "rows": {"type": "array", "items": {"type": "object", "properties": {"x": INT}}},
        "either": {"anyOf": [INT, {"type": "object", "properties": {"gt": INT}}]},
        "and": {"type": "array", "items": {"$ref": "#/components/schemas/Filter"}},
        "free": {},
        "map": {"type": "object", "additionalProperties": INT},
    },
}
RANGE = {"anyOf": [{"type": "object", "properties": {"gt": INT}}, INT]}
SCHEMAS = {"Filter": FILTER}


def contract(schema: Any, **more: Any) -> dict[str, Any]:
    parameter = {"name": "p", "in": "query", "style": "deepObject", "schema": schema, **more}
    return contract_of(parameters=[parameter], schemas=SCHEMAS)


@pytest.fixture(scope="module")
def filtered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Handler, list[dict[str, Any]]]:
    document = contract({"$ref": "#/components/schemas/Filter"})
    return serve(tmp_path_factory.mktemp("filter"), document)


def read(served: tuple[Handler, list[dict[str, Any]]], query: dict[str, list[str]]) -> Any:
    """What the function is given, or the detail of the 400."""
    handler, seen = served
    answer = handler(event(query=query), None)
    if answer["statusCode"] == 400:
        (error,) = json.loads(answer["body"])["errors"]
        assert error["parameter"] == "p"
        return error["detail"]
    assert answer["statusCode"] == 200, answer
    return seen[-1]["p"]


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ({"p[a]": ["1"], "other": ["x"]}, {"a": 1}),
        ({"p[n][z]": ["1"], "p[n][i]": ["2"]}, {"n": {"z": "1", "i": 2}}),
        ({"p[l][]": ["1", "2"]}, {"l": [1, 2]}),
        ({"p[l]": ["1", "2"]}, {"l": [1, 2]}),
        ({"p[l]": ["1"]}, {"l": [1]}),
        ({"p[l][1]": ["2"], "p[l][0]": ["1"], "p[l][10]": ["3"]}, {"l": [1, 2, 3]}),
        ({"p[rows][0][x]": ["1"], "p[rows][1][x]": ["2"]}, {"rows": [{"x": 1}, {"x": 2}]}),
        ({"p[either]": ["5"]}, {"either": 5}),
        ({"p[either][gt]": ["5"]}, {"either": {"gt": 5}}),
        ({"p[and][0][and][0][a]": ["1"]}, {"and": [{"and": [{"a": 1}]}]}),
        ({"p[free]": ["1", "2"]}, {"free": ["1", "2"]}),
        ({"p[free][0]": ["1"]}, {"free": ["1"]}),
        ({"p[free][x][y]": ["1"]}, {"free": {"x": {"y": "1"}}}),
        ({"p[free][1000]": ["1"]}, {"free": {"1000": "1"}}),
        ({"p[map][0]": ["1"], "p[map][x]": ["2"]}, {"map": {"0": 1, "x": 2}}),
        ({"p[unknown][b]": ["1"]}, {"unknown": {"b": "1"}}),
        ({"p[__proto__][__class__]": ["1"]}, {"__proto__": {"__class__": "1"}}),
        ({}, None),
    ],
)
def test_names_in_brackets_are_members_and_items(
    filtered: tuple[Handler, list[dict[str, Any]]], query: dict[str, list[str]], value: Any
) -> None:
    assert read(filtered, query) == value


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"p": ["1"], "p[a]": ["1"]}, "p contradicts another name"),
        ({"p[n]": ["1"], "p[n][z]": ["1"]}, "p[n][z] contradicts another name"),
        ({"p[n][z]": ["1"], "p[n]": ["1"]}, "p[n] contradicts another name"),
        ({"p[a]": ["1", "2"]}, "p[a] must be given once, not 2 times"),
        ({"p[l][]": ["1"], "p[l][0]": ["1"]}, "the items of p[l] must be numbered"),
        ({"p[l][]": ["1"], "p[l][x]": ["1"]}, "the items of p[l] must be numbered"),
        ({"p[rows][][x]": ["1"]}, "the items of p[rows] must be numbered, as in p[rows][0]"),
        ({"p[l][999999999]": ["1"]}, "numbered from 0 to 999"),
        ({"p[l][01]": ["1"]}, "numbered from 0 to 999"),
        ({"p[l][x]": ["1"]}, '"array"'),
        ({"p[n][]": ["1"]}, '"object"'),
        ({"p[a][b]": ["1"]}, '"integer"'),
        ({"p[a": ["1"]}, "p[a is not written like p[a][b]"),
        ({"p[a]b": ["1"]}, "p[a]b is not written like"),
        ({"p[a]]": ["1"]}, "p[a]] is not written like"),
        ({"p[[a]]": ["1"]}, "p[[a]] is not written like"),
        ({"p": ["x"]}, '"object"'),
        ({"p" + "[a]" * 33: ["1"]}, "more than 32 levels"),
        ({"p" + "[a]" * 10_000: ["1"]}, "more than 32 levels"),
        ({"p" + "[" * 10_000: ["1"]}, "is not written like"),
    ],
)
def test_names_that_contradict_each_other_are_refused(
    filtered: tuple[Handler, list[dict[str, Any]]], query: dict[str, list[str]], words: str
) -> None:
    detail = read(filtered, query)
    assert words in detail
    assert len(detail) < 250


NAMES = st.text(st.sampled_from("pal0[]19\\x00é"), max_size=8)
TEXTS = st.lists(st.text(max_size=3), min_size=1, max_size=3)


@given(st.dictionaries(NAMES.map("p{}".format) | NAMES, TEXTS, max_size=6))
def test_no_names_end_in_a_traceback(
    filtered: tuple[Handler, list[dict[str, Any]]], query: dict[str, list[str]]
) -> None:
    handler, _ = filtered
    assert handler(event(query=query), None)["statusCode"] in (200, 400)


@pytest.mark.parametrize(
    ("schema", "query", "value"),
    [
        (RANGE, {"p[gt]": ["1"]}, {"gt": 1}),
        (RANGE, {"p": ["5"]}, 5),
        ({"type": "array", "items": TEXT}, {"p[]": ["a", "b"]}, ["a", "b"]),
        ({"type": "array", "items": TEXT}, {"p[0]": ["a"], "p[1]": ["b"]}, ["a", "b"]),
        ({"type": "array", "items": TEXT}, {"p": ["a"]}, ["a"]),
        ({"properties": {"a": INT}}, {"p[a]": ["1"]}, {"a": 1}),
        ({}, {"p[a]": ["1"]}, {"a": "1"}),
        (INT, {"p": ["1"]}, 1),
        (
            {"type": "object", "properties": {"a": {"oneOf": [NEGATIVE, TEXT]}, "b": INT}},
            {"p[a]": ["1"], "p[b]": ["2"]},
            {"a": "1", "b": 2},
        ),
    ],
)
def test_any_schema_is_read(
    tmp_path: Path, schema: Any, query: dict[str, list[str]], value: Any
) -> None:
    assert read(serve(tmp_path, contract(schema)), query) == value


def test_a_name_with_brackets_of_another_parameter_is_not_a_member(tmp_path: Path) -> None:
    document = contract({"type": "object"})
    other = {"name": "p[x]", "in": "query", "schema": INT, "x-python-name": "other"}
    document["paths"]["/things"]["get"]["parameters"].append(other)
    handler, seen = serve(tmp_path, document)
    assert handler(event(query={"p[x]": ["1"], "p[y]": ["2"]}), None)["statusCode"] == 200
    assert seen == [{"p": {"y": "2"}, "other": 1}]


def test_a_form_has_members_in_the_same_style(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"p": FILTER, "q": INT}}
    content = {FORM: {"schema": schema, "encoding": {"p": {"style": "deepObject"}}}}
    document = contract_of(method="post", requestBody={"content": content}, schemas=SCHEMAS)
    handler, seen = serve(tmp_path, document)

    def sent(pairs: list[tuple[str, str]]) -> dict[str, Any]:
        headers: dict[str, str | list[str]] = {"Content-Type": FORM}
        return handler(event(method="POST", headers=headers, body=urlencode(pairs)), None)

    pairs = [("p[l][]", "1"), ("p[rows][0][x]", "3"), ("q", "4"), ("p[l][]", "2"), ("r", "5")]
    assert sent(pairs)["statusCode"] == 200
    assert seen[-1]["body"] == {"p": {"l": [1, 2], "rows": [{"x": 3}]}, "q": 4, "r": "5"}
    (error,) = json.loads(sent([("p", "1"), ("p[a]", "1")])["body"])["errors"]
    assert error["pointer"] == "#/p"
    assert "contradicts" in error["detail"]


def test_a_schema_of_too_many_places_is_refused(tmp_path: Path) -> None:
    document = contract({"properties": {f"a{at}": {} for at in range(2000)}})
    (operation,) = load(written(tmp_path, document)).operations
    with pytest.raises(ContractError, match="more than 2000 places"):
        nested_plan(operation.parameters[0].schema)


@given(text=st.text(), explode=st.booleans())
def test_the_short_way_of_a_string_is_the_long_one(text: str, explode: bool) -> None:
    plan = TextPlan(("string",))
    long_way = candidates(split_simple(text, plan.types, explode, str.strip), plan)
    assert header_value(text, plan, explode=explode) == long_way


@given(text=st.text(alphabet="a,;.=%C3A9 ", max_size=12), explode=st.booleans())
def test_the_short_way_of_a_string_in_the_path_is_the_long_one(text: str, explode: bool) -> None:
    text_plan = TextPlan(("string",))
    plan = ParameterPlan("p", "p", "path", True, "simple", explode, text_plan, SchemaPlan({}))
    sent = ProxyEvent(event() | {"pathParameters": {"p": text}})
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(ValueError, match="not UTF-8"):
            read_parameter(plan, sent)
        return
    raw = split_path_value(decoded, "simple", "p", text_plan.types, explode, str)
    assert read_parameter(plan, sent) == candidates(raw, text_plan)
