"""How the members of a form are sent: by a style, or as a media type (OpenAPI 3.0.3 §4.7.14.4 and
§4.7.15.1, 3.1.0 §4.8.14.4 and §4.8.15.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openapi_first.core.media_types import BINARY, media_type_of
from openapi_first.documents.node import Node
from openapi_first.openapi.model import MediaType
from openapi_first.schemas.json_types import json_types, views

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

_BYTES_AS_THEY_ARE = ("7bit", "8bit", "binary")
"""Values of `contentEncoding` that encode nothing (RFC 2045 §6.2)."""


@dataclass(frozen=True, slots=True)
class FormMember:
    """`media_type` is None for a member with a style, and BINARY for one that consists of bytes.
    `content` is the schema of one part: of the items, if the member is an array."""

    name: str
    schema: Node
    content: Node
    style: str
    explode: bool
    media_type: str | None


def is_form(media_type: str) -> bool:
    """Whether the media type, with or without parameters, is that of a form."""
    return media_type_of(media_type) in (URLENCODED, MULTIPART)


def form_members(entry: MediaType) -> Iterator[FormMember]:
    """The members that the form's schema names, in its branches too. Of two schemas for one member
    the first counts."""
    assert entry.schema is not None
    found: dict[str, Node] = {}
    for view in views(entry.schema):
        properties = view.child("properties")
        for name in properties.value if properties is not None else ():
            member = properties.child(name) if properties is not None else None
            if member is not None:
                found.setdefault(name, member)
    for name, schema in found.items():
        content = _content(schema)
        encoding = entry.encoding.get(name) if entry.encoding is not None else None
        settings = encoding.value if encoding is not None else {}
        style = str(settings.get("style", "form"))
        explode = bool(settings.get("explode", style == "form"))
        media_type = media_type_of(str(settings.get("contentType", "")).partition(",")[0]) or None
        if style != "form" or "explode" in settings:
            media_type = None  # with `style` or `explode`, `contentType` is ignored
        elif media_type is None:
            media_type = _default(content, media_type_of(entry.name))
        elif media_type.startswith("text/"):
            media_type = None
        elif "json" not in media_type:
            media_type = BINARY
        yield FormMember(name, schema, content, style, explode, media_type)


def _content(schema: Node) -> Node:
    if "array" in json_types(schema):
        for view in views(schema):
            items = view.child("items")
            if items is not None:
                return items
    return schema


def _default(schema: Node, form: str) -> str | None:
    """JSON for objects, BINARY for files, None for other members, which have a style."""
    if "object" in json_types(schema):
        return "application/json"
    return BINARY if form == MULTIPART and is_file(schema) else None


def is_file(schema: Node) -> bool:
    """Whether a string consists of any bytes: `format: binary` (3.0.3 §4.7.14.2), and in 3.1
    `contentMediaType`. With `contentEncoding` the value is the encoded text, as in JSON (JSON
    Schema 2020-12, Validation §8.3)."""
    found = list(views(schema))
    if any(view.value.get("contentEncoding", "binary") not in _BYTES_AS_THEY_ARE for view in found):
        return False
    return any(
        view.value.get("format") == "binary"
        or "contentMediaType" in view.value
        or "contentEncoding" in view.value
        for view in found
    )
