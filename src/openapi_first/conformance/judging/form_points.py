"""The points of forms: their fields, how these are encoded, and the keywords of the schema.

A form is read as the Lambda reads it: a field by its style, as JSON, or as a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_first.conformance.judging.keyword_trace import KeywordTracer
from openapi_first.conformance.model.coverage import Point
from openapi_first.conformance.model.messages import Request
from openapi_first.core.media_types import BINARY, match_media_type, media_type_of
from openapi_first.core.problem_details import Problem
from openapi_first.openapi.model import MediaType
from openapi_first.runtime.forms import read_multipart, read_urlencoded
from openapi_first.runtime.plan import MediaTypePlan
from openapi_first.runtime.request import BodyError
from openapi_first.runtime.validators import without_bytes
from openapi_first.samples.lowered_schemas import LoweredSchema, LoweredSchemas
from openapi_first.schemas.form_members import MULTIPART, FormMember, form_members, is_form

BOUND_STATES = {
    "minimum": "at minimum",
    "maximum": "at maximum",
    "minLength": "at minLength",
    "maxLength": "at maxLength",
    "minItems": "at minItems",
    "maxItems": "at maxItems",
}
"""The states of points for values of a parameter or field at a bound, by keyword."""


def is_read_as_form(entry: MediaType) -> bool:
    """Whether bodies in this entry of `content` are read into fields."""
    return entry.schema is not None and is_form(entry.name)


def size(keyword: str, value: Any) -> Any:
    """What the bound limits: a length, a number of items, or the number itself; None for a value of
    another type."""
    if keyword.endswith(("Length", "Items")):
        wanted = str if keyword.endswith("Length") else list
        return len(value) if isinstance(value, wanted) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


class FormPoints:
    """The points of one form of an operation, which is called `operation` in points."""

    def __init__(
        self,
        operation: str,
        entry: MediaType,
        plan: MediaTypePlan,
        schemas: LoweredSchemas,
        tracer: KeywordTracer,
    ) -> None:
        assert entry.schema is not None
        self._operation, self._entry, self._plan, self._tracer = operation, entry, plan, tracer
        self._schemas = schemas
        self._whole = schemas.request(entry.schema)
        self._members = tuple(form_members(entry))

    def promised(self) -> Iterator[Point]:
        """All points of the form."""
        for member in self._members:
            lowered = self._schemas.request(member.schema)
            merged = lowered.merged(lowered.schema)
            for state in ("absent", "valid"):
                yield self._field(member, state)
            for keyword, state in BOUND_STATES.items():
                if keyword in merged:
                    yield self._field(member, state)
            if any(self._violable(member, each) for each in KeywordTracer(lowered).keywords):
                yield self._field(member, "invalid")
            for media_type in self._encodings(member):
                yield self._field(member, f"as {media_type}")
        for keyword in self._tracer.keywords:
            yield self._keyword(keyword, "satisfied")
            if self._can_be_violated(keyword):
                yield self._keyword(keyword, "violated")

    def observed(self, request: Request) -> Iterator[Point]:
        """The points that a body shows; none if it cannot be read."""
        values = self._read(request)
        if not values:
            return
        value = next(
            (each for each in values if self._whole.allows(without_bytes(each))), values[0]
        )
        for member in self._members:
            yield from self._observed_field(member, value)
        for keyword, satisfied in self._tracer.trace(without_bytes(value)):
            yield self._keyword(keyword, "satisfied" if satisfied else "violated")

    def _read(self, request: Request) -> list[Any]:
        data = request.body or b""
        try:
            if media_type_of(self._entry.name) == MULTIPART:
                return read_multipart(data, request.header("Content-Type") or "", self._plan)
            return read_urlencoded(data.decode(), self._plan)
        except (BodyError, Problem, ValueError):
            return []

    def _observed_field(self, member: FormMember, value: dict[str, Any]) -> Iterator[Point]:
        if member.name not in value:
            yield self._field(member, "absent")
            return
        sent = value[member.name]
        lowered = self._schemas.request(member.schema)
        plain = without_bytes([sent])[0] if isinstance(sent, bytes) else without_bytes(sent)
        yield self._field(member, "valid" if lowered.allows(plain) else "invalid")
        merged = lowered.merged(lowered.schema)
        for keyword, state in BOUND_STATES.items():
            if keyword in merged and size(keyword, plain) == merged[keyword]:
                yield self._field(member, state)
        declared = tuple(map(_Named, self._encodings(member)))
        for part in sent if isinstance(sent, list) else [sent]:
            found = match_media_type(declared, getattr(part, "media_type", None) or "")
            if found is not None:
                yield self._field(member, f"as {found.media_type}")

    def _encodings(self, member: FormMember) -> list[str]:
        """The media types that `encoding` gives a file, if it is one of several fields."""
        if member.media_type != BINARY or self._entry.encoding is None:
            return []
        encoding = self._entry.encoding.get(member.name)
        listed = str(encoding.value.get("contentType", "")) if encoding is not None else ""
        return [each.strip().lower() for each in listed.split(",") if each.strip()]

    def _can_be_violated(self, keyword: str) -> bool:
        """A form is always an object, and a field without a media type always a string or a list
        of strings."""
        first, name, rest = _split(keyword)
        if first != "properties":
            return keyword != "/type"
        member = next((each for each in self._members if each.name == name), None)
        return member is None or self._violable(member, rest)

    def _violable(self, member: FormMember, keyword: str) -> bool:
        if member.media_type not in (None, BINARY):
            return True
        merged = _merged(self._schemas.request(member.schema))
        named = merged.get("type")
        types = {named} if isinstance(named, str) else set(named or ())
        if keyword.endswith("/type"):
            return member.media_type is None and keyword == "/type" and not types & _ALWAYS
        return not (keyword == "/minItems" and merged["minItems"] == 1)

    def _field(self, member: FormMember, state: str) -> Point:
        return Point(self._operation, "field", f"{self._entry.name} {member.name}", state)

    def _keyword(self, keyword: str, state: str) -> Point:
        return Point(self._operation, "keyword", f"body {self._entry.name}#{keyword}", state)


_ALWAYS = frozenset({"string", "array"})
"""The types of what any text can be."""


class _Named:
    """A media type, for `match_media_type`."""

    def __init__(self, media_type: str) -> None:
        self.media_type = media_type


def _merged(lowered: LoweredSchema) -> dict[str, Any]:
    return lowered.merged(lowered.schema)


def _split(keyword: str) -> tuple[str, str, str]:
    """`properties`, the name and the rest of `/properties/NAME/…`."""
    steps = keyword.split("/")
    name = steps[2].replace("~1", "/").replace("~0", "~") if len(steps) > 3 else ""
    return steps[1], name, "/" + "/".join(steps[3:])
