"""Validates the result of a function against the contract and serialises it once."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from openapi_first.core.media_types import (
    charset_of,
    is_json,
    match_media_type,
    media_type_of,
    preferred,
)
from openapi_first.runtime.json_text import dump_json
from openapi_first.runtime.parameters import header_value
from openapi_first.runtime.plan import HeaderPlan, MediaTypePlan, OperationPlan, ResponsePlan
from openapi_first.runtime.validators import (
    Definitions,
    Validator,
    Violation,
    validator_for,
    violations,
    without_bytes,
)

_NO_BODY = frozenset({204, 205, 304})


_Value_co = TypeVar("_Value_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Reply(Generic[_Value_co]):
    """A value with a status and headers.

    Without `status` it is the lowest 2xx status that the operation declares; without `media_type`
    the one that the client prefers among those declared for the status. The value is JSON, or a
    string or bytes for other media types.
    """

    value: _Value_co = None  # type: ignore[assignment] # Reply() is a Reply[None]
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None


class ResponseContract:
    """The declared responses of an operation; their validators are built on first use."""

    def __init__(self, plan: OperationPlan, definitions: Definitions, dialect: str) -> None:
        self._dialect = dialect
        self._head = plan.method == "HEAD"
        self._responses = {response.status: response for response in plan.responses}
        self._definitions = definitions
        self._validators: dict[int, Validator] = {}

    def declared(self, status: int) -> ResponsePlan | None:
        """The response for a status: the exact one, else its range, else `default`."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self._responses:
                return self._responses[key]
        return None

    def media_type(self, reply: Reply[Any], status: int, accept: str | None) -> str | None:
        """The Content-Type of the reply; None when it has no body."""
        if status in _NO_BODY or (reply.value is None and not self._null_is_meant(status)):
            return None
        if reply.media_type is not None:
            return reply.media_type
        response = self.declared(status)
        declared = [entry.media_type for entry in response.content] if response else []
        fallback = "application/octet-stream" if isinstance(reply.value, bytes) else None
        return preferred(declared, accept) or fallback or "application/json"

    def _null_is_meant(self, status: int) -> bool:
        """Whether None stands for JSON's null: when the schema allows null."""
        response = self.declared(status)
        return response is not None and any(
            is_json(media_type_of(entry.media_type))
            and (entry.schema is None or self._validator(entry).is_valid(None))
            for entry in response.content
        )

    def violations(
        self, reply: Reply[Any], status: int, media_type: str | None
    ) -> tuple[Violation, ...]:
        """Every violation of the contract; paths start at `status`, `headers` or `body`."""
        response = self.declared(status)
        if response is None:
            return (Violation(("status",), f"{status} is not declared for this operation"),)
        found = list(self._header_violations(response, reply.headers))
        if media_type is None:
            if response.content and status not in _NO_BODY and not self._head:
                found.append(Violation(("body",), "the contract declares a body; there is none"))
            return tuple(found)
        entry = match_media_type(response.content, media_type)
        if entry is None:
            found.append(Violation(("body",), f"{media_type} is not declared for {status}"))
        elif entry.schema is not None:
            json = is_json(media_type_of(media_type))
            value = reply.value if json else without_bytes(reply.value)
            found.extend(
                Violation(("body", *violation.path), violation.detail)
                for violation in violations(self._validator(entry), value)
            )
        return tuple(found)

    def body_violations(
        self, value: Any, status: int, media_type: str | None
    ) -> tuple[Violation, ...]:
        """The violations of the body only."""
        found = self.violations(Reply(value), status, media_type)
        return tuple(each for each in found if each.path[0] == "body")

    def _header_violations(
        self, response: ResponsePlan, headers: Mapping[str, str]
    ) -> list[Violation]:
        if not response.headers:
            return []
        sent = {name.lower(): value for name, value in headers.items()}
        found = []
        for header in response.headers:
            value = sent.get(header.name.lower())
            if value is None:
                if header.required:
                    found.append(Violation(("headers", header.name), "is required"))
                continue
            found.extend(
                Violation(("headers", header.name), detail)
                for detail in self._header_details(header, str(value))
            )
        return found

    def _header_details(self, header: HeaderPlan, text: str) -> list[str]:
        try:
            values = header_value(text, header.text, header.media_type, explode=header.explode)
        except ValueError as error:
            return [str(error)]
        results = [violations(self._validator(header), value) for value in values]
        valid = not all(results)
        return [] if valid else [violation.detail for violation in results[0]]

    def _validator(self, part: MediaTypePlan | HeaderPlan) -> Validator:
        validator = self._validators.get(id(part))
        if validator is None:
            assert part.schema is not None
            validator = validator_for(part.schema, self._definitions, self._dialect)
            self._validators[id(part)] = validator
        return validator


def dump_value(value: Any, media_type: str | None) -> tuple[str, bool]:
    """A body, and whether it is base64 (AWS: set-up-lambda-proxy-integrations, output format).

    Raises TypeError or ValueError for a value that cannot be written as JSON or as text.
    """
    if media_type is None:
        return "", False
    if isinstance(value, bytes):
        return _as_text(value, media_type)
    if isinstance(value, str) and not is_json(media_type_of(media_type)):
        body = value
    else:
        body = dump_json(value)
    if not body.isascii():
        # Raises for a lone surrogate, which cannot be sent and which the validator allows.
        body.encode()
    return body, False


def can_be_written(value: Any, media_type: str | None) -> bool:
    """Whether `dump_value` can write it; bytes are not JSON."""
    if isinstance(value, bytes) and is_json(media_type_of(media_type or "")):
        return False
    try:
        dump_value(value, media_type)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _as_text(value: bytes, media_type: str) -> tuple[str, bool]:
    """The body, and whether it is base64. Text is sent as text, since API Gateway decodes base64
    only for its binary media types (AWS: lambda-proxy-binary-media)."""
    if media_type.startswith("text/") and charset_of(media_type) in (None, "utf-8"):
        try:
            return value.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(value).decode(), True
