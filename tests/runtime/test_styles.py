"""Every style of parameter arrives as the value its schema describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.compiler.compile import compile_contract
from openapi_first.documents.errors import ContractError
from openapi_first.openapi.loader import load
from support.compiled import contract_of, event, serve
from support.documents import written

INTS = {"type": "array", "items": {"type": "integer"}}
RGB = {
    "type": "object",
    "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}, "name": {"type": "string"}},
    "additionalProperties": False,
}
COLOUR = {"R": 100, "G": 200}


def read(folder: Path, parameter: dict[str, Any], **sent: Any) -> Any:
    """What the function is given for the parameter, or the details of the 400."""
    location = parameter["in"]
    if location == "path":
        parameter = {"required": True, **parameter}
    path = f"/things/{{{parameter['name']}}}" if location == "path" else "/things"
    contract = contract_of(path=path, parameters=[{**parameter, "x-python-name": "given"}])
    handler, seen = serve(folder, contract)
    answer = handler(event(resource=path, **sent), None)
    if answer["statusCode"] == 400:
        return [error["detail"] for error in json.loads(answer["body"])["errors"]]
    assert answer["statusCode"] == 200, answer
    return seen[-1]["given"]


@pytest.mark.parametrize(
    ("style", "explode", "schema", "text", "value"),
    [
        ("simple", False, {"type": "integer"}, "5", 5),
        ("simple", False, {"type": "string"}, "a%2Fb%20c+d", "a/b c+d"),
        ("simple", False, INTS, "3,4,5", [3, 4, 5]),
        ("simple", True, INTS, "3,4,5", [3, 4, 5]),
        ("simple", False, {"type": "array", "items": {"type": "string"}}, "a%2Cb,c", ["a,b", "c"]),
        ("simple", False, RGB, "R,100,G,200", COLOUR),
        ("simple", True, RGB, "R=100,G=200", COLOUR),
        ("simple", False, RGB, "", {}),
        ("label", True, RGB, ".", {}),
        ("matrix", False, RGB, ";p=", {}),
        ("label", False, {"type": "integer"}, ".5", 5),
        ("label", False, INTS, ".3,4,5", [3, 4, 5]),
        ("label", True, INTS, ".3.4.5", [3, 4, 5]),
        ("label", False, RGB, ".R,100,G,200", COLOUR),
        ("label", True, RGB, ".R=100.G=200", COLOUR),
        ("matrix", False, {"type": "integer"}, ";p=5", 5),
        ("matrix", False, INTS, ";p=3,4,5", [3, 4, 5]),
        ("matrix", True, INTS, ";p=3;p=4;p=5", [3, 4, 5]),
        ("matrix", False, RGB, ";p=R,100,G,200", COLOUR),
        ("matrix", True, RGB, ";R=100;G=200", COLOUR),
        ("matrix", True, RGB, ";name=a%3Bb;G=200", {"name": "a;b", "G": 200}),
    ],
)
def test_path_parameters(
    tmp_path: Path, style: str, explode: bool, schema: dict[str, Any], text: str, value: Any
) -> None:
    parameter = {"name": "p", "in": "path", "style": style, "explode": explode, "schema": schema}
    assert read(tmp_path, parameter, path={"p": text}) == value


@pytest.mark.parametrize(
    ("style", "explode", "schema", "query", "value"),
    [
        ("form", True, {"type": "boolean"}, {"p": ["true"]}, True),
        ("form", True, INTS, {"p": ["3", "4"]}, [3, 4]),
        ("form", False, INTS, {"p": ["3,4"]}, [3, 4]),
        ("form", True, RGB, {"R": ["100"], "G": ["200"], "other": ["x"]}, COLOUR),
        ("form", False, RGB, {"p": ["R,100,G,200"]}, COLOUR),
        ("spaceDelimited", False, INTS, {"p": ["3 4"]}, [3, 4]),
        ("spaceDelimited", True, INTS, {"p": ["3", "4"]}, [3, 4]),
        ("pipeDelimited", False, INTS, {"p": ["3|4"]}, [3, 4]),
        ("deepObject", True, RGB, {"p[R]": ["100"], "p[G]": ["200"], "q": ["x"]}, COLOUR),
        ("deepObject", False, RGB, {"p[R]": ["100"], "p[name]": ["5"]}, {"R": 100, "name": "5"}),
    ],
)
def test_query_parameters(
    tmp_path: Path,
    style: str,
    explode: bool,
    schema: dict[str, Any],
    query: dict[str, list[str]],
    value: Any,
) -> None:
    parameter = {"name": "p", "in": "query", "style": style, "explode": explode, "schema": schema}
    assert read(tmp_path, parameter, query=query) == value


@pytest.mark.parametrize(
    ("explode", "schema", "lines", "value"),
    [
        (False, {"type": "number"}, ["1.5"], 1.5),
        (False, INTS, ["3, 4,5"], [3, 4, 5]),
        (False, INTS, ["3", "4"], [3, 4]),
        (False, RGB, ["R, 100, G, 200"], COLOUR),
        (True, RGB, ["R=100, G=200"], COLOUR),
        (False, {"type": "string"}, ["a%20b"], "a%20b"),
    ],
)
def test_header_parameters(
    tmp_path: Path, explode: bool, schema: dict[str, Any], lines: list[str], value: Any
) -> None:
    parameter = {"name": "X-P", "in": "header", "explode": explode, "schema": schema}
    assert read(tmp_path, parameter, headers={"x-p": lines}) == value


@pytest.mark.parametrize(
    ("explode", "schema", "line", "value"),
    [
        (True, {"type": "integer"}, "a=1; p=5", 5),
        (False, INTS, "p=3,4", [3, 4]),
        (False, RGB, "p=R,100,G,200", COLOUR),
        (True, RGB, "R=100; G=200; other=1", COLOUR),
        (True, {"type": "string"}, "p=a%20b=c", "a b=c"),
    ],
)
def test_cookie_parameters(
    tmp_path: Path, explode: bool, schema: dict[str, Any], line: str, value: Any
) -> None:
    parameter = {"name": "p", "in": "cookie", "explode": explode, "schema": schema}
    assert read(tmp_path, parameter, headers={"Cookie": line}) == value


def test_a_parameter_described_by_content_is_strict_json(tmp_path: Path) -> None:
    parameter = {"name": "p", "in": "query", "content": {"application/json": {"schema": RGB}}}
    assert read(tmp_path / "a", parameter, query={"p": ['{"R": 100, "G": 200}']}) == COLOUR
    (detail,) = read(tmp_path / "b", parameter, query={"p": ['{"R": 1, "R": 2}']})
    assert "duplicate name" in detail


@pytest.mark.parametrize("location", ["query", "header", "cookie"])
def test_a_parameter_described_by_content_may_be_an_array(tmp_path: Path, location: str) -> None:
    parameter = {"name": "p", "in": location, "content": {"application/json": {"schema": INTS}}}
    sent: dict[str, Any] = {
        "query": {"query": {"p": ["[1, 2]"]}},
        "header": {"headers": {"p": "[1, 2]"}},
        "cookie": {"headers": {"Cookie": "p=[1, 2]"}},
    }[location]
    assert read(tmp_path, parameter, **sent) == [1, 2]


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"oneOf": [{"type": "integer"}, {"type": "string", "pattern": "^[a-z]+$"}]}, "7", 7),
        ({"oneOf": [{"type": "integer"}, {"type": "string", "pattern": "^[a-z]+$"}]}, "ab", "ab"),
        ({"anyOf": [{"type": "integer", "maximum": 5}, {"type": "string"}]}, "7", "7"),
        ({"enum": [1, 2]}, "2", 2),
        ({"type": "integer"}, "12345678901234567890123", 12345678901234567890123),
        ({"type": "number"}, "-0.5e2", -50.0),
        ({"allOf": [{"type": "integer"}, {"minimum": 2}]}, "2", 2),
        ({}, "5", "5"),
    ],
)
def test_a_string_is_converted_to_a_type_of_its_schema(
    tmp_path: Path, schema: dict[str, Any], text: str, value: Any
) -> None:
    parameter = {"name": "p", "in": "query", "schema": schema}
    assert read(tmp_path, parameter, query={"p": [text]}) == value


@pytest.mark.parametrize(
    ("schema", "texts", "words"),
    [
        ({"type": "integer"}, ["1e3"], "integer"),
        ({"type": "integer"}, ["١"], "integer"),
        ({"type": "integer"}, ["+1"], "integer"),
        ({"type": "integer"}, [" 1"], "integer"),
        ({"type": "integer"}, ["01"], "integer"),
        ({"type": "integer"}, ["1_0"], "integer"),
        ({"type": "number"}, ["NaN"], "number"),
        ({"type": "number"}, ["1e400"], "number"),
        ({"type": "number"}, [".5"], "number"),
        ({"type": "boolean"}, ["True"], "boolean"),
        ({"type": "boolean"}, ["1"], "boolean"),
        ({"type": "integer"}, ["1", "2"], "once, not 2 times"),
        (RGB, ["R,1,G"], "alternate names and values"),
    ],
)
def test_a_string_of_no_type_of_its_schema_is_refused(
    tmp_path: Path, schema: dict[str, Any], texts: list[str], words: str
) -> None:
    explode = schema.get("type") != "object"
    parameter = {"name": "p", "in": "query", "explode": explode, "schema": schema}
    (detail,) = read(tmp_path, parameter, query={"p": texts})
    assert words in detail


def test_an_empty_value_counts_as_none_only_when_the_contract_allows_it(tmp_path: Path) -> None:
    parameter = {"name": "p", "in": "query", "schema": {"type": "integer"}}
    assert read(tmp_path / "a", {**parameter, "allowEmptyValue": True}, query={"p": [""]}) is None
    (detail,) = read(tmp_path / "b", parameter, query={"p": [""]})
    assert "integer" in detail


def test_headers_that_the_specification_reserves_are_ignored(tmp_path: Path) -> None:
    names = ["Accept", "Content-Type", "Authorization"]
    parameters = [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
        for name in names
    ]
    handler, seen = serve(tmp_path, contract_of(parameters=parameters))
    assert handler(event(), None)["statusCode"] == 200
    assert seen == [{}]


def test_an_operation_overrides_the_parameters_of_its_path(tmp_path: Path) -> None:
    contract = contract_of(parameters=[{"name": "p", "in": "query", "schema": {"type": "integer"}}])
    contract["paths"]["/things"]["parameters"] = [
        {"name": "p", "in": "query", "required": True, "schema": {"type": "boolean"}},
        {"name": "p", "in": "header", "x-python-name": "q", "schema": {"type": "boolean"}},
    ]
    handler, seen = serve(tmp_path, contract)
    assert handler(event(query={"p": ["5"]}, headers={"P": "true"}), None)["statusCode"] == 200
    assert seen == [{"p": 5, "q": True}]


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ({"style": "pipeDelimited", "schema": {"type": "string"}}, "for arrays and objects only"),
        ({"style": "pipeDelimited", "explode": True, "schema": RGB}, "cannot explode objects"),
        ({"schema": {"type": "array", "items": RGB}}, "nested in p"),
        ({"schema": {"type": "object", "properties": {"x": INTS}}}, "nested in p"),
        (
            {"content": {"image/png": {"schema": {"type": "string"}}}},
            "cannot have the media type image/png",
        ),
    ],
)
def test_what_no_style_can_express_is_an_error_in_the_contract(
    tmp_path: Path, parameter: dict[str, Any], words: str
) -> None:
    document = contract_of(parameters=[{"name": "p", "in": "query", **parameter}])
    with pytest.raises(ContractError) as caught:
        compile_contract(load(written(tmp_path, document)), [])
    (error,) = caught.value.diagnostics
    assert words in error.detail
    assert error.line
