"""`readOnly` and `writeOnly` at every level, through lint, the import document, the types, the
handler and the stage's importer."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.import_document.document import import_document
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.lint import lint
from openapi_first.openapi.loader import load
from openapi_first.python_types.module import types_module
from openapi_first.stage.api.importer import read_document
from support.compiled import contract_of, event, serve
from support.documents import written

NAMES = ("a", "b")
SHARED = ("One", "Two", "Three")
FLAGS = ("", "", "readOnly", "writeOnly")
Schema = dict[str, Any]


@st.composite
def flagged(draw: st.DrawFn, level: int) -> Schema:
    """A schema that may have a direction, as all within it."""
    kinds = (
        ("text", "object", "object", "array", "allOf", "anyOf", "ref") if level else ("text", "ref")
    )
    kind = draw(st.sampled_from(kinds))
    if kind == "ref":
        # Only forwards: a cycle of allOf is refused.
        return {"$ref": f"#/components/schemas/{draw(st.sampled_from(SHARED[-level - 1 :]))}"}
    schema: Schema = {"type": "string"}
    if kind == "object":
        names = draw(st.lists(st.sampled_from(NAMES), unique=True))
        schema = {
            "type": "object",
            "properties": {name: draw(flagged(level - 1)) for name in names},
        }
        if draw(st.booleans()):
            schema["required"] = draw(
                st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True)
            )
    elif kind == "array":
        schema = {"type": "array", "items": draw(flagged(level - 1))}
    elif kind in ("allOf", "anyOf"):
        schema = {kind: draw(st.lists(flagged(level - 1), min_size=1, max_size=2))}
    flag = draw(st.sampled_from(FLAGS))
    return {**schema, flag: True} if flag else schema


@st.composite
def contracts(draw: st.DrawFn) -> Schema:
    shared: Schema = {
        "One": draw(flagged(1)),
        "Two": draw(flagged(0).filter(lambda schema: "$ref" not in schema)),
        "Three": {"type": "string", **draw(st.sampled_from(({}, {"readOnly": True})))},
    }
    schema = draw(flagged(2))
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return contract_of(
        method="post",
        openapi=draw(st.sampled_from(("3.0.3", "3.1.0"))),
        schemas=shared,
        requestBody=body,
        responses={
            "200": {"description": "ok", "content": {"application/json": {"schema": schema}}}
        },
    )


def resolved(schema: Schema, shared: Schema) -> Schema:
    while "$ref" in schema:
        schema = shared[schema["$ref"].rpartition("/")[2]]
    return schema


def excluded(schema: Schema, shared: Schema, flag: str) -> bool:
    """Whether a property with the schema is not there in a direction."""
    schema = resolved(schema, shared)
    return bool(schema.get(flag)) or any(
        excluded(branch, shared, flag) for branch in schema.get("allOf", ())
    )


def lacking(schema: Schema, shared: Schema, flag: str) -> set[str]:
    schema = resolved(schema, shared)
    found = {
        name for name, each in schema.get("properties", {}).items() if excluded(each, shared, flag)
    }
    return found.union(*(lacking(branch, shared, flag) for branch in schema.get("allOf", ())))


def matches(
    value: Any, schema: Schema, shared: Schema, flag: str, without: frozenset[str] = frozenset()
) -> bool:
    """What docs/parameters.md says, in few words and slowly."""
    schema = resolved(schema, shared)
    without |= lacking(schema, shared, flag)
    kinds = {"string": str, "object": dict, "array": list}
    if not isinstance(value, kinds.get(schema.get("type", ""), object)):
        return False
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        if set(schema.get("required", ())) - without - set(value):
            return False
        for name in properties.keys() & value.keys():
            if excluded(properties[name], shared, flag):
                return False
            if not matches(value[name], properties[name], shared, flag):
                return False
    if isinstance(value, list) and "items" in schema:
        return all(matches(each, schema["items"], shared, flag) for each in value)
    if not all(matches(value, each, shared, flag, without) for each in schema.get("allOf", ())):
        return False
    alternatives = schema.get("anyOf", ())
    return not alternatives or any(
        matches(value, each, shared, flag, without) for each in alternatives
    )


VALUES = st.recursive(
    st.just("x"),
    lambda inner: (
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=2) | st.lists(inner, max_size=1)
    ),
    max_leaves=4,
)
ALWAYS: tuple[Any, ...] = ("x", [], {}, {"a": "x"}, {"b": "x"}, {"a": "x", "b": "x"}, {"a": {}})


@given(document=contracts(), drawn=st.lists(VALUES, max_size=3))
def test_what_has_a_direction_is_neither_required_nor_taken_in_the_other(
    document: Schema, drawn: list[Any]
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        contract = load(written(folder, document))
        lint(Rendered.of(contract))
        read_document(import_document(contract))
        compile(types_module(contract), "types.py", "exec")
        answer: list[Any] = [None]
        handler, seen = serve(folder, document, lambda **_: answer[0])
        operation = document["paths"]["/things"]["post"]
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        shared = document["components"]["schemas"]
        for value in (*ALWAYS, *drawn):
            answer[0] = value
            before = len(seen)
            given = handler(event(method="POST", body=json.dumps(value)), None)
            taken = len(seen) > before
            assert taken == matches(value, schema, shared, "readOnly"), value
            if taken:
                sent = given["statusCode"] == 200
                assert sent == matches(value, schema, shared, "writeOnly"), value


@pytest.mark.parametrize("openapi", ["3.0.3", "3.1.0"])
def test_a_schema_that_another_one_makes_read_only_is_not_required(
    tmp_path: Path, openapi: str
) -> None:
    """The schema itself stays as it is elsewhere, in the import document too."""
    base = {"type": "object", "required": ["id", "n"], "properties": {"id": {"type": "string"}}}
    ref = {"$ref": "#/components/schemas/Base"}
    read_only = {"properties": {"id": {"allOf": [{"$ref": "#/components/schemas/Id"}]}}}
    shared = {"Base": base, "Id": {"type": "string", "readOnly": True}}
    schema = {"type": "object", "properties": {"new": {"allOf": [ref, read_only]}, "old": ref}}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    document = contract_of(method="post", openapi=openapi, requestBody=body, schemas=shared)
    handler, _ = serve(tmp_path, document)

    def status(value: Any) -> int:
        return int(handler(event(method="POST", body=value), None)["statusCode"])

    assert status({"new": {"n": 1}, "old": {"id": "x", "n": 1}}) == 200
    assert status({"new": {"n": 1, "id": "x"}}) == 400
    assert status({"new": {}}) == 400
    assert status({"old": {"n": 1}}) == 400
    models = import_document(load(written(tmp_path, document)))["components"]["schemas"]
    assert models["Base"]["required"] == ["id", "n"]
    new = models["callRequest"]["properties"]["new"]
    assert [part.get("required") for part in new["allOf"]] == [["n"], None]
