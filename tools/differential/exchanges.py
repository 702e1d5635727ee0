"""Contracts of one operation, with requests and answers for it: good ones and ones broken once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from differential.nested import lessened, nested_schemas, sendable
from differential.schemas import components, schemas
from differential.values import broken, values
from differential.wire import Answer, Sent, multipart, put, text_of

_STYLES = {
    "path": tuple(
        (style, each) for style in ("simple", "label", "matrix") for each in (False, True)
    ),
    "query": (
        *(("form", True), ("form", False), ("spaceDelimited", False)),
        *(("pipeDelimited", False), ("deepObject", True)),
    ),
    "header": (("simple", False), ("simple", True)),
    "cookie": (("form", False),),
}
_SCALARS = ("string", "integer", "number", "boolean", "enum")
_ODD_TEXTS = ("", "x", "1_000", "+1", "01", "1.0", "1e3", "١", " 1", "TRUE", "yes", "nan", "-0")
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_ODD_NAMES = ("p0", "p1", "from", "class", "self", "2fa", "a-b", "a_b", "aB", "_", "operation-id")


@dataclass(frozen=True)
class Case:
    """One contract, and what is sent to it and answered by it."""

    document: dict[str, Any]
    requests: list[Sent]
    answers: list[Answer]

    @property
    def operation(self) -> dict[str, Any]:
        """The contract's one operation."""
        (item,) = self.document["paths"].values()
        operation: dict[str, Any] = item["post"]
        return operation


@st.composite
def cases(draw: DrawFn, requests: int = 6, answers: int = 4) -> Case:
    """A contract in 3.0 or 3.1 with that many requests and answers."""
    openapi = draw(st.sampled_from(("3.0", "3.1")))
    parameters = draw(_parameters(openapi))
    operation: dict[str, Any] = {"operationId": "call", "parameters": parameters}
    body = draw(st.sampled_from(("", "json", "json", "form", "multipart", "text", "range")))
    if body:
        operation["requestBody"] = {
            "required": draw(st.booleans()),
            "content": draw(_content(openapi, body)),
        }
    operation["responses"] = draw(_responses(openapi))
    path = "/things" + "".join(
        f"/{{{each['name']}}}" for each in parameters if each["in"] == "path"
    )
    shared = components(openapi)
    document = {
        "openapi": f"{openapi}.0",
        "info": {"title": "t", "version": "1"},
        "paths": {path: {"post": operation}},
        "components": {"schemas": shared},
    }
    return Case(
        document,
        [draw(_request(operation, shared, bad=at % 2 == 1)) for at in range(requests)],
        [draw(_answer(operation, shared, bad=at % 2 == 1)) for at in range(answers)],
    )


@st.composite
def _parameters(draw: DrawFn, openapi: str) -> list[dict[str, Any]]:
    found = []
    names = draw(st.lists(st.sampled_from(_ODD_NAMES), max_size=3, unique=True))
    for at, name in enumerate(names):
        location = draw(st.sampled_from(tuple(_STYLES)))
        style, explode = draw(st.sampled_from(_STYLES[location]))
        kind = draw(st.sampled_from(("scalar", "scalar", "array", "object")))
        if style == "deepObject":
            kind = "object"
        elif style in ("spaceDelimited", "pipeDelimited"):
            kind = "array"
        parameter: dict[str, Any] = {
            "name": f"p{at}" if location == "path" else f"{name}{at}",
            "in": location,
            "required": location == "path" or draw(st.booleans()),
        }
        if location in ("query", "header") and draw(st.integers(0, 5)) == 0:
            schema = draw(schemas(openapi, 1))
            parameter["content"] = {"application/json": {"schema": schema}}
        else:
            parameter |= {"style": style, "explode": explode, "schema": draw(_flat(openapi, kind))}
            if style == "deepObject" and draw(st.booleans()):
                parameter |= {"schema": draw(nested_schemas(openapi)), "x-nested": True}
        found.append(parameter)
    return found


@st.composite
def _flat(draw: DrawFn, openapi: str, kind: str) -> dict[str, Any]:
    """A schema whose values a style can write."""
    if kind == "scalar":
        schema = draw(schemas(openapi, 0, kinds=_SCALARS))
    elif kind == "array":
        schema = {"type": "array", "items": draw(schemas(openapi, 0, kinds=_SCALARS))}
        if draw(st.booleans()):
            schema["maxItems"] = 2
    else:
        names = draw(st.lists(st.sampled_from(("a", "b", "c")), min_size=1, unique=True))
        schema = {
            "type": "object",
            "properties": {name: draw(schemas(openapi, 0, kinds=_SCALARS)) for name in names},
        }
        if draw(st.booleans()):
            schema["required"] = names[:1]
        if draw(st.booleans()):
            schema["additionalProperties"] = False
    return schema


@st.composite
def _content(draw: DrawFn, openapi: str, kind: str) -> dict[str, Any]:
    if kind == "form":
        return {_FORM: {"schema": draw(_flat(openapi, "object"))}}
    if kind == "multipart":
        schema = draw(_flat(openapi, "object"))
        if draw(st.booleans()):
            schema["properties"]["file"] = {"type": "string", "format": "binary"}
        return {_MULTIPART: {"schema": schema}}
    if kind == "text":
        return {"text/plain": {"schema": draw(schemas(openapi, 0, kinds=("string",)))}}
    if kind == "range":
        return {"application/*": {"schema": draw(schemas(openapi))}}
    return {"application/json": {"schema": draw(schemas(openapi))}}


@st.composite
def _responses(draw: DrawFn, openapi: str) -> dict[str, Any]:
    statuses = draw(
        st.lists(st.sampled_from(("200", "201", "2XX", "4XX", "404", "default")), min_size=1,
                 max_size=3, unique=True)
    )  # fmt: skip
    found: dict[str, Any] = {}
    for status in statuses:
        found[status] = {
            "description": "",
            "content": {"application/json": {"schema": draw(schemas(openapi))}},
        }
        if draw(st.booleans()):
            kind = draw(st.sampled_from(("scalar", "array", "object")))
            found[status]["headers"] = {
                "X-H": {
                    "required": draw(st.booleans()),
                    "explode": draw(st.booleans()),
                    "schema": draw(_flat(openapi, kind)),
                }
            }
    return found


@st.composite
def _request(draw: DrawFn, operation: dict[str, Any], shared: dict[str, Any], bad: bool) -> Sent:
    request = Sent()
    parameters = operation["parameters"]
    places = [each["name"] for each in parameters] + ["body"] * ("requestBody" in operation)
    where = draw(st.sampled_from(places)) if bad and places else ""
    for parameter in parameters:
        hit = parameter["name"] == where
        if not parameter["required"] and draw(st.integers(0, 3)) == 0:
            continue
        schema = (parameter.get("content") or {}).get("application/json", parameter)["schema"]
        value = draw(values(schema, shared))
        action = draw(st.sampled_from(("text", "value", "absent", "twice"))) if hit else ""
        if "x-nested" in parameter:
            value = draw(lessened(value)) if action == "value" else value
            if action != "absent" and sendable(value):
                put(request, parameter, value)
                request.nested[parameter["name"]] = value
            continue
        if action == "absent" and parameter["in"] != "path":
            continue
        if action == "value":
            value = draw(_flat_broken(value))
        if action == "text" and not isinstance(value, dict | list):
            value = draw(st.sampled_from(_ODD_TEXTS))
        if "content" in parameter:
            text = json.dumps(value)
            if parameter["in"] == "query":
                request.query.append((parameter["name"], text))
            else:
                request.headers[parameter["name"]] = text
            continue
        put(request, parameter, value)
        if request.path.get(parameter["name"]) == "":
            request.path[parameter["name"]] = "0"  # an empty segment would find no route
        if action == "twice" and parameter["in"] == "query":
            put(request, parameter, value)
    if "requestBody" in operation:
        draw(_body(operation, shared, request, bad=where == "body"))
    return request


@st.composite
def _flat_broken(draw: DrawFn, value: Any) -> Any:
    changed = draw(broken(value))
    flat = changed if isinstance(changed, dict | list) else [changed]
    inner = flat.values() if isinstance(flat, dict) else flat
    return value if any(isinstance(each, dict | list) for each in inner) else changed


@st.composite
def _body(
    draw: DrawFn, operation: dict[str, Any], shared: dict[str, Any], request: Sent, bad: bool
) -> None:
    ((media_type, entry),) = operation["requestBody"]["content"].items()
    value = draw(values(entry["schema"], shared))
    action = draw(st.sampled_from(("value", "value", "none", "type", "raw"))) if bad else ""
    if action == "none":
        return
    if action == "value":
        flat = media_type in (_FORM, _MULTIPART)
        value = draw(_flat_broken(value) if flat else broken(value))
    sent = "application/json" if media_type == "application/*" else media_type
    if action == "type":
        request.content_type = draw(st.sampled_from(("text/html", "text/css", "image/png")))
    else:
        request.content_type = sent
    if media_type == _FORM:
        members = value.items() if isinstance(value, dict) else [("a", value)]
        request.body = urlencode([(name, text_of(each)) for name, each in members]).encode()
    elif media_type == _MULTIPART:
        members = dict(value) if isinstance(value, dict) else {"a": value}
        if "file" in members and "file" in entry["schema"]["properties"]:
            members["file"] = text_of(members["file"]).encode()
        request.body = multipart(members)
        request.content_type = f"{request.content_type}; boundary=B"
    elif media_type == "text/plain":
        request.body = text_of(value).encode()
    else:
        request.body = json.dumps(value).encode()
    if action == "raw" and media_type != _MULTIPART:
        request.body = draw(
            st.sampled_from(
                (b"{", b"[1,]", b"nul", b'{"a":1,"a":2}', b"[NaN]", b'{"a":1}x', b"\xff")
            )
        )


@st.composite
def _answer(draw: DrawFn, operation: dict[str, Any], shared: dict[str, Any], bad: bool) -> Answer:
    declared = draw(st.sampled_from(tuple(operation["responses"])))
    response = operation["responses"][declared]
    status = int(declared.replace("XX", "09").replace("default", "503"))
    value = draw(values(response["content"]["application/json"]["schema"], shared))
    headers = {}
    action = draw(st.sampled_from(("value", "value", "header", "status"))) if bad else ""
    for name, header in response.get("headers", {}).items():
        if action == "header" and draw(st.booleans()):
            continue
        carrier = Sent()
        parameter = {"name": name, "in": "header", "style": "simple", **header}
        text = draw(values(header["schema"], shared))
        put(carrier, parameter, draw(_flat_broken(text)) if action == "header" else text)
        # HTTP sends no characters beyond ISO 8859-1 (RFC 9110 §5.5).
        headers[name] = carrier.headers[name].replace("日本", "ñö")
    if action == "value":
        value = draw(broken(value))
    if action == "status":
        status = draw(st.sampled_from((200, 202, 404, 418, 500)))
    return Answer(status, value, headers)
