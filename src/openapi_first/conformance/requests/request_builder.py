"""Builds requests to an operation from parameter values and a body."""

from __future__ import annotations

import contextlib
import json
import random
import uuid
from collections.abc import Mapping
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import unquote

from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.requests.byte_bodies import byte_body, is_byte_body
from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.conformance.requests.form_writer import form_body
from openapi_first.conformance.requests.parameter_writer import (
    NotSendable,
    parameter_pairs,
    parameter_text,
)
from openapi_first.conformance.roles.resources import Resource
from openapi_first.core.media_types import is_json
from openapi_first.documents.node import Node
from openapi_first.openapi.model import MediaType, Operation, Parameter
from openapi_first.openapi.path_templates import is_below, variable_names
from openapi_first.samples.lowered_schemas import LoweredSchemas
from openapi_first.samples.sampling import NoSample, sample, samples
from openapi_first.schemas.form_members import is_form

ABSENT: Any = object()
"""Instead of a parameter's value: leave the parameter out."""

NO_BODY: Any = object()
"""Instead of a body: send none."""

NULL: Any = object()
"""Instead of a body: send the JSON value null."""

IDEMPOTENCY_KEY = "idempotency-key"
"""The header whose value is different in each request, in lower case."""

_MADE_UP = 20


def examples_of(node: Node) -> dict[str, Any]:
    """The examples of a parameter or media type by name; the name of `example` is ""."""
    found: dict[str, Any] = {}
    if "example" in node.value:
        found[""] = node.value["example"]
    named = node.get("examples")
    for name, example in named.items() if named is not None else ():
        if isinstance(example.value, dict) and "value" in example.value:
            found[name] = example.value["value"]
    return found


class RequestBuilder:
    """Leaves the path variables of resources that a run creates as `{variable}`; the conversation
    fills them in when it sends the request."""

    def __init__(
        self,
        schemas: LoweredSchemas,
        credentials: Credentials,
        resources: tuple[Resource, ...],
        rng: random.Random,
    ) -> None:
        self._schemas = schemas
        self._credentials = credentials
        self._rng = rng
        self._created_paths = frozenset(resource.path for resource in resources)

    def request(
        self,
        operation: Operation,
        values: Mapping[tuple[str, str], Any] | None = None,
        body: Any = None,
        *,
        media_type: str | None = None,
        content: bytes | None = None,
        authenticated: bool = True,
    ) -> Request:
        """A request with these parameter values, by location and name, and plain values for
        whatever else is required. `content` is a body that is already serialised. Raises
        NotSendable, NoSample."""
        path, query, cookies = operation.path, list[tuple[str, str]](), list[tuple[str, str]]()
        headers: list[tuple[str, str]] = []
        for parameter in operation.parameters:
            value = self._value(operation, parameter, values or {})
            if value is ABSENT:
                continue
            if parameter.location == "path":
                text = parameter_text(parameter, value)
                path = path.replace(f"{{{parameter.name}}}", text)
                path = path.replace(f"{{{parameter.name}+}}", text)
            elif parameter.location == "header":
                headers.append((parameter.name, parameter_text(parameter, value)))
            elif parameter.location == "query":
                query += parameter_pairs(parameter, value)
            else:
                cookies += parameter_pairs(parameter, value)
        if cookies:
            headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in cookies)))
        target = path + (
            "?" + "&".join(f"{name}={value}" for name, value in query) if query else ""
        )
        if content is None and body is not NO_BODY:
            content, media_type = self._content(operation, body, media_type)
        if content is not None and media_type is not None:
            headers.append(("Content-Type", media_type))
        request = Request(operation.method, target, tuple(headers), content)
        return self._credentials.add_to(request, operation) if authenticated else request

    def needed(self, operation: Operation) -> tuple[Parameter, ...]:
        """The parameters that every request has."""
        return tuple(each for each in operation.parameters if self._is_needed(operation, each))

    def plain(self, parameter: Parameter) -> Any:
        """A value for a parameter: its example, or a made-up one, which is not blank if it is
        required, since API Gateway refuses that (api-gateway-method-request-validation). Raises
        NoSample."""
        if parameter.location == "header" and parameter.name.lower() == IDEMPOTENCY_KEY:
            return str(uuid.uuid4())
        for value in self.examples(parameter):
            return value
        try:
            lowered = self._schemas.request(parameter.schema)
            return sample(lowered, self._rng, usable=partial(_is_usable, parameter))
        except NoSample as error:
            where = f"the {parameter.location} parameter {parameter.name}"
            raise NoSample(f"no value matches the schema of {where}") from error

    def examples(self, parameter: Parameter) -> list[Any]:
        """The parameter's examples that match its schema."""
        lowered = self._schemas.request(parameter.schema)
        found = [*examples_of(parameter.node).values(), *examples_of(parameter.schema).values()]
        return [each for each in found if lowered.allows(each)]

    def made_up(self, parameter: Parameter) -> Any:
        """A value that hardly anybody has used, as far as the schema allows. Raises NoSample."""
        lowered, name = self._schemas.request(parameter.schema), uuid.uuid4()
        for value in (str(name), f"t{name.hex[:11]}", f"t{name.hex[:5]}", name.int % 2**31):
            if lowered.allows(value):
                return value
        usable = partial(_is_usable, parameter)
        found = [*islice(samples(lowered, self._rng, usable=usable), _MADE_UP)]
        return self._rng.choice(found) if found else self.plain(parameter)

    def plain_body(self, entry: MediaType) -> Any:
        """A value for a body: its example, or a made-up one. Raises NoSample."""
        if entry.schema is None:
            return {}
        lowered = self._schemas.request(entry.schema)
        examples = [
            *examples_of(entry.node).values(),
            *examples_of(entry.schema.followed()).values(),
        ]
        for value in examples:
            if lowered.allows(value):
                return value
        return sample(lowered, self._rng)

    def _value(
        self, operation: Operation, parameter: Parameter, values: Mapping[tuple[str, str], Any]
    ) -> Any:
        key = (parameter.location, parameter.name)
        if key in values:
            return values[key]
        if not self._is_needed(operation, parameter):
            return ABSENT
        return self.plain(parameter)

    def _is_needed(self, operation: Operation, parameter: Parameter) -> bool:
        return parameter.required and not self._is_left_open(operation, parameter)

    def _is_left_open(self, operation: Operation, parameter: Parameter) -> bool:
        if parameter.location != "path":
            return False
        counts = (
            len(variable_names(path))
            for path in self._created_paths
            if is_below(operation.path, path)
        )
        return parameter.name in variable_names(operation.path)[: max(counts, default=0)]

    def _content(
        self, operation: Operation, body: Any, media_type: str | None
    ) -> tuple[bytes | None, str | None]:
        if operation.body is None:
            return None, None
        named = (each for each in operation.body.content if each.name == media_type)
        entry = next(named, None) or _simplest(operation.body.content)
        if body is None:
            if not operation.body.required:
                return None, None
            if entry is None:
                return self._bytes(operation, operation.body.content)
            body = self.plain_body(entry)
        elif body is NULL:
            body = None
        kind = media_type or (entry.name if entry is not None else "application/json")
        if entry is not None and kind == entry.name and is_form(kind) and isinstance(body, dict):
            return form_body(entry, body)
        return _serialised(body, kind), kind

    def _bytes(self, operation: Operation, content: tuple[MediaType, ...]) -> tuple[bytes, str]:
        for entry in content:
            if is_byte_body(entry.name):
                with contextlib.suppress(NoSample):
                    return byte_body(entry, self._schemas, self._rng)
        raise NoSample(f"{operation.id}: no media type of its body can be made up")


def _is_usable(parameter: Parameter, value: Any) -> bool:
    """Whether HTTP can carry the value, which is not blank if it is required."""
    try:
        if parameter.location in ("path", "header"):
            texts = [parameter_text(parameter, value)]
        else:
            texts = [text for _, text in parameter_pairs(parameter, value)]
    except NotSendable:
        return False
    return not parameter.required or any(unquote(text).strip() for text in texts)


def _simplest(content: tuple[MediaType, ...]) -> MediaType | None:
    """The media type that is easiest to write: JSON, then a form, then text."""
    for fits in (is_json, is_form, lambda name: name.startswith("text/")):
        for entry in content:
            if fits(entry.name):
                return entry
    return None


def _serialised(body: Any, media_type: str) -> bytes:
    try:
        if isinstance(body, str) and not is_json(media_type):
            return body.encode("utf-8")
        return json.dumps(body, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise NotSendable("a lone surrogate") from None
