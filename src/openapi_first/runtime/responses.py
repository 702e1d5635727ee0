"""Validates the result of a function against the contract, as it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from openapi_first.core.media_types import is_json, is_range, match_media_type, media_type_of
from openapi_first.runtime.parameters import header_value
from openapi_first.runtime.plan import HeaderPlan, MediaTypePlan, OperationPlan, ResponsePlan
from openapi_first.runtime.validators import (
    Definitions,
    Validator,
    Violation,
    validator_for,
    violations,
)
from openapi_first.runtime.wire.bodies_sent import (
    NO_CODINGS,
    can_carry,
    headers_of_body,
    sent_value,
)
from openapi_first.runtime.wire.outgoing import NO_BODY, Outgoing, SentHeaders, sent_headers
from openapi_first.runtime.wire.sendable import NotDecodedError, UnsendableError, are_plain

if TYPE_CHECKING:
    from openapi_first.runtime.proxy_event import ProxyEvent
    from openapi_first.runtime.wire.header_values import HeaderValue, Lines

_Value_co = TypeVar("_Value_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Reply(Generic[_Value_co]):
    """A value with a status and headers.

    Without `status` it is the lowest 2xx status that the operation declares; without `media_type`
    it is the header Content-Type, else the one that the client prefers among those that are
    declared for the status and can carry the value. The value is JSON, or a string or bytes for
    other media types. With a Content-Encoding it is encoded bytes.

    Values of headers that are not strings are written in the style `simple`; a list for a header
    that is not declared as an array is several lines; None leaves the header out.
    """

    value: _Value_co = None  # type: ignore[assignment] # Reply() is a Reply[None]
    status: int | None = None
    headers: Mapping[str, HeaderValue] = field(default_factory=dict)
    media_type: str | None = None


class ResponseContract:
    """The declared responses of an operation; their validators are built on first use."""

    def __init__(self, plan: OperationPlan, definitions: Definitions, dialect: str) -> None:
        self._dialect = dialect
        self._head = plan.method == "HEAD"
        self._undeclared = plan.added
        self._responses = {response.status: response for response in plan.responses}
        self._by_status: dict[int, ResponsePlan | None] = {}
        self._definitions = definitions
        self._validators: dict[int, Validator] = {}

    def declared(self, status: int) -> ResponsePlan | None:
        """The response for a status: the exact one, else its range, else `default`."""
        try:
            return self._by_status[status]
        except KeyError:
            keys = (str(status), f"{status // 100}XX", "default")
            found = next((self._responses[key] for key in keys if key in self._responses), None)
            self._by_status[status] = found
            return found

    def added(self, status: int) -> Mapping[str, str]:
        """The headers that the engine adds to a response with this status."""
        response = self.declared(status)
        return response.added if response is not None else self._undeclared

    def outgoing(self, reply: Reply[Any], status: int, event: ProxyEvent) -> Outgoing:
        """The reply as it is sent: its headers as lines, and its media type. The response to HEAD,
        and one with a status that has no content, is sent without a body (RFC 9110 §6.4.1, §9.3.2).

        Raises UnsendableError.
        """
        value, media_type = reply.value, reply.media_type
        codings: Sequence[str] = NO_CODINGS
        if media_type is not None and not _is_plain(media_type):
            raise UnsendableError("its media type is not a string that a header can have")
        headers: Mapping[str, Any] = reply.headers
        if headers and not are_plain(headers):
            headers, named, codings = self.lines(headers, status)
            media_type = media_type or named
        if status in NO_BODY:
            return Outgoing(None, status, headers, None)
        if value is None and not self._null_is_meant(status):
            if not self._head:
                media_type = None
        elif media_type is None:
            media_type = self._media_type(value, status, event, codings)
        if self._head:
            if media_type is not None:
                headers = {**headers, **headers_of_body(value, media_type, codings)}
            return Outgoing(None, status, headers, None)
        return Outgoing(value, status, headers, media_type, codings)

    def lines(self, headers: Mapping[str, Any], status: int) -> SentHeaders:
        """The headers of a response with this status. Raises UnsendableError."""
        response = self.declared(status)
        declared = {each.name.lower(): each for each in response.headers} if response else {}
        return sent_headers(headers, declared)

    def _media_type(
        self, value: Any, status: int, event: ProxyEvent, codings: Sequence[str]
    ) -> str:
        response = self.declared(status)
        content = response.content if response is not None else ()
        if response is not None and len(content) == 1 and not is_range(content[0].media_type):
            return content[0].media_type
        from openapi_first.runtime.wire.accept import by_preference

        concrete = [each for entry in content if (each := _in_range(entry.media_type, value))]
        ordered = by_preference(concrete, event.header("accept"))
        able = [each for each in ordered if can_carry(value, each, codings)]
        for each in able:
            if response and not self._body_violations(response, value, each, codings):
                return each
        plain = "application/octet-stream" if isinstance(value, bytes) else "application/json"
        return next(iter(able or ordered), plain)

    def _null_is_meant(self, status: int) -> bool:
        """Whether None stands for JSON's null: when the schema allows null."""
        response = self.declared(status)
        return response is not None and any(
            is_json(media_type_of(entry.media_type))
            and (entry.schema is None or self._validator(entry).is_valid(None))
            for entry in response.content
        )

    def violations(self, sent: Outgoing) -> tuple[Violation, ...]:
        """Every violation of the contract; paths start at `status`, `headers` or `body`."""
        response = self.declared(sent.status)
        if response is None:
            return (Violation(("status",), f"{sent.status} is not declared for this operation"),)
        found = self._header_violations(response, sent.headers) if response.headers else []
        if sent.media_type is not None:
            found += self._body_violations(response, sent.value, sent.media_type, sent.codings)
        elif response.content and sent.status not in NO_BODY and not self._head:
            found.append(Violation(("body",), "the contract declares a body; there is none"))
        return tuple(found)

    def body_violations(
        self, value: Any, status: int, media_type: str | None
    ) -> Sequence[Violation]:
        """The violations of the body only."""
        found = self.violations(Outgoing(value, status, {}, media_type))
        return [each for each in found if each.path[0] == "body"]

    def _body_violations(
        self, response: ResponsePlan, value: Any, media_type: str, codings: Sequence[str]
    ) -> list[Violation]:
        entry = match_media_type(response.content, media_type)
        if entry is None:
            detail = f"{media_type} is not declared for {response.status}"
            return [Violation(("body",), detail)]
        encoded = bool(codings) or isinstance(value, bytes)
        if entry.schema is None and not (encoded and is_json(media_type_of(media_type))):
            return []
        if encoded:
            try:
                value = sent_value(value, media_type, codings)
            except NotDecodedError:
                return []
            except ValueError as error:
                return [Violation(("body",), f"the body is {error}")]
        if entry.schema is None:
            return []
        return [
            Violation(("body", *violation.path), violation.detail, undecided=violation.undecided)
            for violation in violations(self._validator(entry), value)
        ]

    def _header_violations(
        self, response: ResponsePlan, headers: Mapping[str, Lines]
    ) -> list[Violation]:
        sent: dict[str, list[str]] = {}
        for name, value in headers.items():
            sent.setdefault(name.lower(), []).extend([value] if isinstance(value, str) else value)
        found = []
        for header in response.headers:
            name = header.name.lower()
            lines = sent.get(name)
            if lines is None:
                if header.required and name not in map(str.lower, response.added):
                    found.append(Violation(("headers", header.name), "is required"))
                continue
            # Several lines of a header are one list, except cookies (RFC 9110 §5.3).
            for line in lines if name == "set-cookie" else (", ".join(lines),):
                found.extend(
                    Violation(("headers", header.name), each.detail, undecided=each.undecided)
                    for each in header_violations(header, line, self._validator(header))
                )
        return found

    def _validator(self, part: MediaTypePlan | HeaderPlan) -> Validator:
        validator = self._validators.get(id(part))
        if validator is None:
            assert part.schema is not None
            validator = validator_for(part.schema, self._definitions, self._dialect)
            self._validators[id(part)] = validator
        return validator


def header_violations(header: HeaderPlan, line: str, validator: Validator) -> Sequence[Violation]:
    """What is wrong with a header's line."""
    try:
        values = header_value(line, header.text, header.media_type, explode=header.explode)
    except ValueError as error:
        return [Violation((), str(error))]
    results = [violations(validator, value) for value in values]
    return results[0] if all(results) else ()


def _is_plain(media_type: Any) -> bool:
    return isinstance(media_type, str) and media_type.isascii() and media_type.isprintable()


def _in_range(media_type: str, value: Any) -> str | None:
    """The media type itself, or one in a range that can carry the value; None if only the function
    knows it."""
    if not is_range(media_type):
        return media_type
    if media_type == "text/*":
        return "text/plain"
    if media_type in ("*/*", "application/*"):
        return "application/octet-stream" if isinstance(value, bytes) else "application/json"
    return None
