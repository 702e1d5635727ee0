"""Contracts of one operation, with a valid request and, for each constraint, invalid ones."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

from differential.wire import Sent, multipart, put, text_of
from verdicts.objects import members, value
from verdicts.pieces import Breach, Piece, array, scalar, unique

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_JSON = ("application/json", "application/json", "application/merge-patch+json")
_STYLES = {
    "path": (("simple", False), ("label", True), ("matrix", False)),
    "query": (
        *(("form", True), ("form", False), ("pipeDelimited", False), ("deepObject", True)),
        ("content", False),
    ),
    "header": (("simple", False), ("content", False)),
    "cookie": (("form", False),),
}


@dataclass(frozen=True)
class Violation:
    """Requests that violate the constraint at a JSON Pointer and no other, or those within its
    schemas; there is none if every such request violates others as well."""

    pointer: str
    requests: tuple[Sent, ...]


@dataclass
class Generated:
    """A contract; `valid` is a request that violates nothing."""

    document: dict[str, Any]
    method: str
    path: str
    valid: Sent
    violations: list[Violation] = field(default_factory=list)


def generated(seed: int) -> Generated:
    """The same contract for the same seed."""
    rng = Random(seed)
    openapi = rng.choice(("3.0", "3.1"))
    made = _Contract(rng, openapi)
    for number in range(rng.randint(0, 3)):
        made.add_parameter(number)
    if rng.random() < 0.8 or not made.parameters:
        made.add_body()
    return made.finished()


class _Contract:
    def __init__(self, rng: Random, openapi: str) -> None:
        self._rng, self._openapi = rng, openapi
        self._path = "/things"
        self._method = rng.choice(("post", "post", "put", "patch", "get", "delete"))
        self.parameters: list[dict[str, Any]] = []
        self._body: dict[str, Any] | None = None
        self._shared: dict[str, Any] = {}
        self._valid = Sent()
        self._values: list[tuple[dict[str, Any], Any]] = []
        """The parameters, each with a valid value."""
        self._found: list[tuple[str, Callable[[], tuple[Sent, ...]]]] = []

    def add_parameter(self, number: int) -> None:
        rng, location = self._rng, self._rng.choice(("query", "query", "path", "header", "cookie"))
        style, explode = rng.choice(_STYLES[location])
        name = f"p{number}"
        parameter: dict[str, Any] = {"name": name, "in": location}
        if location == "path":
            parameter["required"] = True
            self._path += f"/{{{name}}}"
        elif rng.random() < 0.5:
            parameter["required"] = True
        pointer = f"/paths/{{path}}/{self._method}/parameters/{len(self.parameters)}"
        if style == "content":
            piece = value(rng, self._openapi, 1)
            parameter["content"] = {"application/json": {"schema": piece.schema}}
            at = f"{pointer}/content/application~1json/schema"
        else:
            always = style == "form" and explode
            piece = self._text(style, always=always)
            while style == "label" and "." in repr(piece):  # it is the delimiter
                piece = self._text(style, always=always)
            parameter |= {"style": style, "explode": explode, "schema": piece.schema}
            at = f"{pointer}/schema"
        if location != "path" and rng.random() < 0.1:
            self._described(parameter)["default"] = piece.good
        self.parameters.append(parameter)
        self._shared.update(piece.shared or {})
        self._values.append((parameter, piece.good))
        self._put(self._valid, parameter, piece.good)
        for breach in piece.breaches:
            self._add(at, breach, lambda what: self._with(parameter, what))
        if parameter.get("required"):
            self._found.append((f"{pointer}/required", lambda: (self._without(parameter),)))

    def _described(self, parameter: dict[str, Any]) -> dict[str, Any]:
        """The schema of a parameter, where its default is."""
        schema = parameter.get("schema") or parameter["content"]["application/json"]["schema"]
        if "$ref" in schema:
            return dict(schema)  # it may be that of other values, too
        found: dict[str, Any] = schema
        return found

    def _text(self, style: str, *, always: bool) -> Piece:
        """A piece whose values the style can write; with `always`, every text is an object."""
        rng, openapi = self._rng, self._openapi
        flat = lambda: scalar(rng, openapi, text=True)  # noqa: E731
        if style == "deepObject":
            return members(rng, flat)
        kinds = ["scalar", "scalar", "array", "unique", "object"]
        kind = "array" if style == "pipeDelimited" else rng.choice(kinds)
        if kind == "array":
            return array(rng, openapi, flat(), text=True)
        if kind == "unique":
            return unique(rng, openapi, text=True)
        return members(rng, flat, typed=not always) if kind == "object" else flat()

    def _put(self, request: Sent, parameter: dict[str, Any], what: Any) -> None:
        if "content" not in parameter:
            put(request, parameter, what)
        elif parameter["in"] == "query":
            request.query.append((parameter["name"], json.dumps(what)))
        else:
            request.headers[parameter["name"]] = json.dumps(what)

    def _without(self, parameter: dict[str, Any]) -> Sent:
        request = Sent(body=self._valid.body, content_type=self._valid.content_type)
        for each, good in self._values:
            if each is not parameter:
                self._put(request, each, good)
            elif each["in"] == "path":
                request.path[each["name"]] = ""
        return request

    def _with(self, parameter: dict[str, Any], what: Any) -> Sent:
        request = self._without(parameter)
        self._put(request, parameter, what)
        return request

    def add_body(self) -> None:
        rng, openapi = self._rng, self._openapi
        kind = rng.choice(("json", "json", "json", "json", "form", "multipart"))
        required = rng.random() < 0.8
        if kind == "json":
            media_type, piece = rng.choice(_JSON), value(rng, openapi, 3)
        else:
            media_type = _FORM if kind == "form" else _MULTIPART
            piece = members(rng, lambda: scalar(rng, openapi, text=True), typed=False)
        self._shared.update(piece.shared or {})
        self._body = {"required": required, "content": {media_type: {"schema": piece.schema}}}
        self._valid.content_type = media_type
        self._valid.body = _encoded(media_type, piece.good)
        base = f"/paths/{{path}}/{self._method}/requestBody"
        entry = f"{base}/content/{media_type.replace('/', '~1')}"

        def sent(what: Any) -> Sent:
            request = copy.deepcopy(self._valid)
            request.body = _encoded(media_type, what)
            return request

        for breach in piece.breaches:
            self._add(f"{entry}/schema", breach, sent)
        if required:
            self._found.append((f"{base}/required", lambda: (self._bodiless(),)))
        self._found.append((entry, lambda: (self._other_type(),)))

    def _bodiless(self) -> Sent:
        request = copy.deepcopy(self._valid)
        request.body = request.content_type = None
        return request

    def _other_type(self) -> Sent:
        request = copy.deepcopy(self._valid)
        request.content_type = "text/css"
        return request

    def _add(self, at: str, breach: Breach, make: Callable[[Any], Sent]) -> None:
        pointer = f"/components/schemas{breach.pointer}" if breach.shared else at + breach.pointer
        self._found.append((pointer, lambda: tuple(map(make, breach.values))))

    def finished(self) -> Generated:
        operation: dict[str, Any] = {
            "operationId": "call",
            "parameters": self.parameters,
            "responses": {"200": {"description": "Done."}},
        }
        if self._body is not None:
            operation["requestBody"] = self._body
        document = {
            "openapi": f"{self._openapi}.0",
            "info": {"title": "t", "version": "1"},
            "paths": {self._path: {self._method: operation}},
            "components": {"schemas": self._shared},
        }
        path = self._path.replace("/", "~1")
        violations = [
            Violation(pointer.replace("{path}", path, 1), make()) for pointer, make in self._found
        ]
        return Generated(document, self._method, self._path, self._valid, violations)


def _encoded(media_type: str, what: Any) -> bytes:
    if media_type == _MULTIPART:
        return multipart(what)
    if media_type == _FORM:
        return urlencode([(name, text_of(each)) for name, each in what.items()]).encode()
    return json.dumps(what).encode()
