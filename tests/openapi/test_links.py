"""Links are checked when the contract is read: what they lead to, and what they pass on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.cli.main import main
from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.openapi.link_expressions import (
    Expression,
    ExpressionError,
    parse_expression,
    parse_template,
)
from openapi_first.openapi.links import links_of
from openapi_first.openapi.loader import load
from support.documents import operation, whole, written
from support.lint_breaks import linked


def errors_of(folder: Path, *links: dict[str, Any], **document: Any) -> tuple[Diagnostic, ...]:
    whole_document = {**whole(), **document}
    response = operation(whole_document)["responses"]["200"]
    response["links"] = {f"link{number}": link for number, link in enumerate(links)}
    try:
        load(written(folder, whole_document))
    except ContractError as error:
        return error.diagnostics
    return ()


@pytest.mark.parametrize(
    ("link", "detail", "remedy"),
    [
        ({"operationId": "getThings"}, "unknown operation: getThings", "Write getThing."),
        ({"operationRef": "#/paths/~1zzz/get"}, "has no target", "correct the reference"),
        ({"operationRef": "#/paths/~1things~1{id}"}, "there is no operation at", "Refer to"),
        ({"operationRef": "#/info"}, "there is no operation at", "Refer to"),
        ({"operationRef": "other.yaml#/paths/~1a/get"}, "has no target", "correct the reference"),
        ({}, "has no target", "operationId"),
        ({"parameters": {"ids": 1}}, "has no parameter ids", "Write id."),
        ({"parameters": {"query.id": 1}}, "has no parameter query.id", "Write path.id."),
        ({"parameters": {"id": "$response.body.id"}}, "not a runtime expression", "body#/pointer"),
        ({"parameters": {"id": "$statuscode"}}, "not a runtime expression", "Write $statusCode."),
        ({"parameters": {"id": "$response.body#id"}}, "no leading slash", "Write #/id."),
        ({"parameters": {"id": "$response.body#/a~2"}}, "~ is not escaped", "~0"),
        ({"parameters": {"id": "$request.header.a b"}}, "cannot be the name", "name of a header"),
        ({"parameters": {"id": "$response.query.a"}}, "not a runtime expression", "$re"),
        ({"parameters": {"id": "a{$method"}}, "no closing brace", "}"),
        ({"requestBody": "{$request.bod}"}, "not a runtime expression", "$request."),
    ],
)  # fmt: skip
def test_a_wrong_link_is_an_error_with_its_place_and_remedy(
    link: dict[str, Any], detail: str, remedy: str, tmp_path: Path
) -> None:
    if not {"operationId", "operationRef"} & link.keys() and link:
        link = {"operationId": "getThing", **link}
    (error,) = errors_of(tmp_path, link)
    assert detail in error.detail
    assert remedy in error.remedy
    assert error.line
    assert error.pointer.startswith("/paths/~1things~1{id}/get/responses/200/links/link0")


def test_all_errors_of_all_links_are_listed_at_once(tmp_path: Path) -> None:
    wrong = {"operationId": "getThing", "parameters": {"a": "$b", "c": "{$d"}, "requestBody": "$e"}
    assert len(errors_of(tmp_path, wrong, {"operationId": "other"})) == 6


_WRONG = {"operationId": "getThing", "parameters": {"id": "$response.bod", "page": 1}}
_ANSWERED = {"responses": {"200": {"description": "", "links": {"it": _WRONG}}}}


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("links", {"it": _WRONG}),
        ("responses", {"One": {"description": "", "links": {"it": _WRONG}}}),
        ("callbacks", {"done": {"{$request.body#/url}": {"post": _ANSWERED}}}),
        ("pathItems", {"done": {"post": _ANSWERED}}),
    ],
)
def test_a_link_is_checked_though_nothing_refers_to_its_component(
    place: str, found: dict[str, Any], tmp_path: Path
) -> None:
    first, second = errors_of(tmp_path, components={place: found}, openapi="3.1.0")
    assert "not a runtime expression" in first.detail
    assert "has no parameter page" in second.detail
    assert first.pointer.startswith(f"/components/{place}/")


def test_links_in_webhooks_and_callbacks_are_checked_once_and_cycles_end(tmp_path: Path) -> None:
    operation = {**_ANSWERED, "callbacks": {"more": {"$ref": "#/components/callbacks/more"}}}
    more = {"{$request.body#/url}": {"post": operation}}
    errors = errors_of(
        tmp_path,
        openapi="3.1.0",
        components={"callbacks": {"more": more}},
        webhooks={"made": {"post": operation}},
    )
    assert {each.pointer.split("/")[1] for each in errors} == {"components", "webhooks"}
    assert len(errors) == len(set(errors)) == 4


@pytest.mark.parametrize(
    "link",
    [
        {"operationRef": "#/paths/~1things~1{id}/get", "parameters": {"path.id": "$url"}},
        {"operationRef": "#/paths/~1things~1%7Bid%7D/get"},
        {"operationRef": "openapi.yaml#/paths/~1things~1{id}/get"},
        {"operationRef": "https://example.com/api.yaml#/paths/~1a/get", "parameters": {"x": 1}},
        {"operationId": "getThing", "parameters": {"id": "$5 or {}"}, "requestBody": {"a": "$b"}},
        {"operationId": "getThing", "parameters": {"id": "$request.body"}},
        {"operationId": "getThing", "parameters": {"id": "a{$request.path.id}b{$statusCode}"}},
        {"operationId": "getThing", "parameters": {"id": "$response.body#/a~1b/0"}},
    ],
)
def test_a_right_link_is_no_error(link: dict[str, Any], tmp_path: Path) -> None:
    assert errors_of(tmp_path, link) == ()


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
@pytest.mark.parametrize("constant", [1, 1.5, True, None, ["a"], {"a": 1}])
def test_a_constant_of_any_type_is_a_right_parameter_of_a_link_in_every_version(
    constant: Any, version: str, tmp_path: Path
) -> None:
    link = {
        "operationId": "getThing",
        "parameters": {"id": constant},
        "server": {"url": "https://example.com"},
    }
    assert errors_of(tmp_path, link, openapi=version) == ()
    (error,) = errors_of(tmp_path, {"operationId": "getThing", "body": {}}, openapi=version)
    assert "body" in error.detail


def test_an_operation_is_found_through_the_reference_of_its_path_item(tmp_path: Path) -> None:
    document = whole()
    item = {"parameters": operation(document).pop("parameters"), "get": operation(document)}
    link = {
        "operationRef": "openapi.yaml#/paths/~1things~1{id}/get",
        "parameters": {"id": 1},
    }
    item["get"]["responses"]["200"]["links"] = {"self": link}
    (tmp_path / "items.yaml").write_text(json.dumps(item), encoding="utf-8")
    document["paths"] = {"/things/{id}": {"$ref": "items.yaml"}}
    (found,) = links_of(load(written(tmp_path, document)))
    assert found.target == found.source


@pytest.mark.parametrize(
    "command", ["compile", "types", "gateway", "lint", "diff", "drift", "test", "serve"]
)
def test_a_link_to_nothing_is_status_2_in_every_command(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(written(tmp_path, linked(operationRef="#/paths/~1zzz/get")))
    options = {
        "diff": [path],
        "serve": ["--handler", "items.handler.handler", "--port", "0"],
        "drift": ["--rest-api-id", "a", "--stage", "b"],
        "lint": [],
        "test": ["http://127.0.0.1:9", path, "--dry-run"],
    }.get(command, ["-o", str(tmp_path / "made")])
    given = () if command == "test" else (path,)
    assert main([command, *given, *options]) == 2
    assert "'#/paths/~1zzz/get' has no target" in capsys.readouterr().err


NAME = st.text("abz-_0", min_size=1)
STEP = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="}"))
EXPRESSIONS = st.one_of(
    st.sampled_from(["$url", "$method", "$statusCode"]).map(
        lambda text: Expression(text, text[1:])
    ),
    st.tuples(
        st.sampled_from(["request.header", "request.query", "request.path", "response.header"]),
        NAME,
    ).map(
        lambda pair: Expression(
            f"${pair[0]}.{pair[1]}", *pair[0].split("."), pair[1]
        )
    ),
    st.tuples(st.sampled_from(["request", "response"]), st.lists(STEP)).map(
        lambda pair: Expression(
            f"${pair[0]}.body"
            + "".join(
                f"{'' if at else '#'}/{step.replace('~', '~0').replace('/', '~1')}"
                for at, step in enumerate(pair[1])
            ),
            pair[0],
            "body",
            "",
            tuple(pair[1]),
        )
    ),
)  # fmt: skip


@given(EXPRESSIONS)
def test_every_expression_of_the_grammar_is_read(expression: Expression) -> None:
    assert parse_expression(expression.text) == expression
    assert parse_template(f"a{{{expression.text}}}") == ("a", expression)


@given(st.text("$.{}#/~abody responsqut"))
def test_any_string_is_a_constant_a_template_or_an_error(text: str) -> None:
    try:
        parse_template(text)
    except ExpressionError as error:
        said = str(error), error.remedy
        assert all(said)
