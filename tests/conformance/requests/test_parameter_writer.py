"""What a contract test writes in the style `deepObject` and into a form, the Lambda reads again."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.conformance.requests.request_builder import RequestBuilder
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Operation
from openapi_first.samples.lowered_schemas import LoweredSchemas
from support.compiled import Handler, contract_of, event, serve
from support.documents import written

FORM = "application/x-www-form-urlencoded"
NAMES = st.text(st.characters(exclude_characters="[]", exclude_categories=("Cs",)), min_size=1)
TREE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "a": {"type": "integer"},
        "b": {"type": "boolean"},
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        "texts": {"type": "array", "items": {"type": "string"}},
        "tree": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/Tree"}]},
    },
    "additionalProperties": {"type": "string"},
}
WRITTEN_AS = {"style": "deepObject", "schema": {"$ref": "#/components/schemas/Tree"}}
Served = tuple[Handler, list[dict[str, Any]], Operation, RequestBuilder]


def trees(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    known: dict[str, st.SearchStrategy[Any]] = {
        "a": st.integers(),
        "b": st.booleans(),
        "texts": st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=1),
    }
    if depth:
        known["items"] = st.lists(trees(depth - 1), min_size=1, max_size=3)
        known["tree"] = trees(depth - 1)
    others = st.dictionaries(
        NAMES.filter(lambda name: name not in TREE["properties"]), st.text("aé")
    )
    named = st.fixed_dictionaries({}, optional=known)
    return st.builds(lambda one, more: {**one, **more}, named, others).filter(bool)


def built(folder: Path, document: dict[str, Any]) -> Served:
    handler, seen = serve(folder, document)
    contract = load(written(folder, document))
    schemas = LoweredSchemas(contract.openapi)
    builder = RequestBuilder(schemas, Credentials(contract), (), random.Random(1))
    return handler, seen, contract.operations[0], builder


@pytest.fixture(scope="module")
def query(tmp_path_factory: pytest.TempPathFactory) -> Served:
    parameter = {"name": "p", "in": "query", "required": True, **WRITTEN_AS}
    document = contract_of(openapi="3.1.0", parameters=[parameter], schemas={"Tree": TREE})
    return built(tmp_path_factory.mktemp("query"), document)


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Served:
    properties = {
        "p": WRITTEN_AS["schema"],
        "json": {"type": "object"},
        "texts": {"type": "array", "items": {"type": "string"}},
        "yes": {"type": "boolean"},
    }
    schema = {"type": "object", "properties": properties}
    content = {FORM: {"schema": schema, "encoding": {"p": {"style": "deepObject"}}}}
    body = {"required": True, "content": content}
    document = contract_of(openapi="3.1.0", method="post", requestBody=body, schemas={"Tree": TREE})
    return built(tmp_path_factory.mktemp("form"), document)


@given(value=trees(2))
def test_a_nested_parameter_is_read_as_it_was_meant(query: Served, value: dict[str, Any]) -> None:
    handler, seen, operation, builder = query
    request = builder.request(operation, {("query", "p"): value})
    sent: dict[str, list[str]] = {}
    for name, text in parse_qsl(request.target.partition("?")[2], keep_blank_values=True):
        sent.setdefault(name, []).append(text)
    assert handler(event(query=sent), None)["statusCode"] == 200
    assert seen[-1]["p"] == value


@given(value=trees(1), json=st.dictionaries(st.text("a["), st.integers()), yes=st.booleans())
def test_a_form_is_read_as_it_was_meant(
    form: Served, value: dict[str, Any], json: dict[str, int], yes: bool
) -> None:
    handler, seen, operation, builder = form
    body = {"p": value, "json": json, "texts": ["a b", "&"], "yes": yes, "more": "x"}
    request = builder.request(operation, body=body)
    assert request.body is not None
    headers: dict[str, str | list[str]] = {"Content-Type": FORM}
    sent = event(method="POST", headers=headers, body=request.body.decode())
    assert handler(sent, None)["statusCode"] == 200
    assert seen[-1]["body"] == body


@pytest.mark.parametrize("value", [{}, {"a": {}}, {"": "x"}, {"a[b]": "x"}, {"texts": []}])
def test_what_no_name_can_say_is_not_sent(query: Served, value: dict[str, Any]) -> None:
    _, _, operation, builder = query
    with pytest.raises(NotSendable):
        builder.request(operation, {("query", "p"): value})
