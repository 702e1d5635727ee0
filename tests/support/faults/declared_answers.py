"""What a contract lets a function answer, read from the document itself and not from what the
engine compiles of it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_VALUE = re.compile("[\t\x20-\x7e\x80-\xff]*")
_ANY = "x-amazon-apigateway-any-method"
_METHODS = (_ANY, "get", "put", "post", "delete", "options", "head", "patch", "trace")
_NO_CONTENT = (204, 205, 304)

_Judge = Callable[[Any], bool]


@dataclass(frozen=True)
class _Response:
    """The judges of a declared response: of its bodies by media type, of its headers."""

    content: Mapping[str, _Judge]
    headers: Mapping[str, tuple[bool, str | None, _Judge]]
    """By lower-case name: whether it is required, the type of its value, its judge."""


class DeclaredAnswers:
    """Judges what a handler returns for a proxy integration.

    `own_statuses` are those of the engine's problem details, which no operation has to declare.
    Unless `strict`, nothing is asked of answers with those statuses and of those to other requests
    than an operation's, except that they can be sent.
    """

    def __init__(
        self,
        document: Any,
        own_statuses: frozenset[int] = frozenset(),
        *,
        strict: bool = True,
    ) -> None:
        self._document = _without_nullable(document)
        self._own_statuses = own_statuses
        self._strict = strict
        self._judges: dict[str, _Judge] = {}
        self._operations = {
            (method if method == _ANY else method.upper(), path): {
                status: self._response(self._target(response))
                for status, response in operation["responses"].items()
            }
            for path, item in self._document["paths"].items()
            for method, operation in item.items()
            if method in _METHODS
        }

    def complaint(self, method: Any, resource: Any, answer: Mapping[str, Any]) -> str | None:
        """What is wrong with an answer; None if Lambda and the contract allow it. A method and a
        resource without an operation are answered by the engine."""
        status, body = answer["statusCode"], answer["body"]
        if type(status) is not int or type(body) is not str:
            return "the answer is not one for API Gateway"
        if _SURROGATE.search(body):
            return "the body cannot be sent"
        headers: dict[str, str] = {}
        for name, values in answer["multiValueHeaders"].items():
            if not _NAME.fullmatch(name) or not all(map(_VALUE.fullmatch, values)):
                return f"the header {name} cannot be sent"
            headers[name.lower()] = ", ".join(values)
        sent = base64.b64decode(body, validate=True) if answer["isBase64Encoded"] else body
        responses = {}
        if isinstance(resource, str) and not isinstance(method, dict | list):
            anything = self._operations.get((_ANY, resource), {}) if method != "OPTIONS" else {}
            responses = self._operations.get((method, resource), anything)
        names = (str(status), f"{status // 100}XX", "default")
        response = next((responses[name] for name in names if name in responses), None)
        without = method == "HEAD" or status in _NO_CONTENT
        if not self._strict and (not responses or status in self._own_statuses):
            return None
        if without and sent:
            return "there is a body"
        if response is None:
            empty = without or (method == "OPTIONS" and not sent)
            return self._own_complaint(status, headers, sent, without=empty)
        for name, (required, kind, judge) in response.headers.items():
            if name not in headers and required:
                return f"the header {name} is missing"
            if name in headers and not judge(_typed(headers[name], kind)):
                return f"the contract does not allow the value of the header {name}"
        if without:
            return None
        if not response.content:
            return "there is a body" if sent else None
        return self._body_complaint(response.content, headers.get("content-type"), sent)

    def _body_complaint(
        self, content: Mapping[str, _Judge], media_type: str | None, sent: str | bytes
    ) -> str | None:
        name = (media_type or "").partition(";")[0].strip()
        ranges = (media_type or "", name, f"{name.partition('/')[0]}/*", "*/*")
        judge = next((content[each] for each in ranges if each in content), None)
        if judge is None:
            return f"{media_type} is not declared"
        value = json.loads(sent) if "json" in str(media_type) else sent
        return None if judge(value) else "the contract does not allow the body"

    def _own_complaint(
        self, status: int, headers: Mapping[str, str], sent: str | bytes, *, without: bool
    ) -> str | None:
        if status == 204 and without:  # a preflight
            return None
        if status not in self._own_statuses:
            return f"{status} is not declared"
        if without:
            return None
        if headers.get("content-type") != "application/problem+json":
            return "neither declared nor problem details"
        return None if json.loads(sent)["status"] == status else "the problem has another status"

    def _response(self, declared: Any) -> _Response:
        return _Response(
            {
                media_type: self._judge(entry.get("schema"), binary="json" not in media_type)
                for media_type, entry in declared.get("content", {}).items()
            },
            {
                name.lower(): (
                    header.get("required", False),
                    header.get("schema", {}).get("type"),
                    self._judge(_scalar(header.get("schema", {}))),
                )
                for name, header in (
                    (name, self._target(each)) for name, each in declared.get("headers", {}).items()
                )
            },
        )

    def _judge(self, schema: Any, *, binary: bool = False) -> _Judge:
        if schema is None or binary:
            return lambda _: True
        text = json.dumps(schema)
        if text not in self._judges:
            kind = (
                jsonschema_rs.Draft202012Validator
                if self._document["openapi"].startswith("3.1")
                else jsonschema_rs.Draft4Validator
            )
            # References of a schema start at the document.
            whole = {"allOf": [schema], "components": self._document.get("components", {})}
            self._judges[text] = kind(whole, validate_formats=True).is_valid
        return self._judges[text]

    def _target(self, value: Any) -> Any:
        while "$ref" in value:
            target = self._document
            for part in value["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            value = target
        return value


def _scalar(schema: Any) -> Any:
    """None for a schema of values that are written in a style."""
    return schema if schema.get("type") in ("string", "integer", "number", "boolean") else None


def _typed(value: str, kind: str | None) -> Any:
    if kind not in ("integer", "number", "boolean"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _without_nullable(value: Any) -> Any:
    """OpenAPI 3.0's `nullable`, as JSON Schema writes it."""
    if isinstance(value, list):
        return [_without_nullable(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: _without_nullable(each) for name, each in value.items()}
    if found.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    return found
