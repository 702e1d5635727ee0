"""Plans how the members of forms are read: by style or as a media type."""

from __future__ import annotations

from openapi_first.compiler.text_planner import text_plan
from openapi_first.openapi.errors import Diagnostic
from openapi_first.openapi.model import MediaType
from openapi_first.openapi.node import Node
from openapi_first.runtime.forms import BINARY
from openapi_first.runtime.plan import ParameterPlan, SchemaPlan, TextPlan
from openapi_first.schemas.json_types import json_types

_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


def is_form(media_type: str) -> bool:
    """Whether the media type, with or without parameters, is that of a form."""
    return media_type.partition(";")[0].strip() in (_URLENCODED, _MULTIPART)


def form_members(
    entry: MediaType, errors: list[Diagnostic]
) -> tuple[tuple[ParameterPlan, ...], tuple[str, ...] | None]:
    """The plan of each member, and the types of members that the schema does not name."""
    assert entry.schema is not None
    text = text_plan(entry.schema, untyped=("object",))
    if "object" not in text.types:
        errors.append(
            entry.schema.diagnostic(
                f"the schema of {entry.name} is not an object", "Describe the form as an object."
            )
        )
        return (), None
    members = []
    for name in text.properties:
        schema = _property(entry.schema, name)
        assert schema is not None
        encoding = entry.encoding.get(name) if entry.encoding is not None else None
        members.append(_member(entry.name, name, schema, encoding, errors))
    return tuple(members), text.others


def _member(
    form: str, name: str, schema: Node, encoding: Node | None, errors: list[Diagnostic]
) -> ParameterPlan:
    settings = encoding.value if encoding is not None else {}
    text = text_plan(schema)
    style = str(settings.get("style", "form"))
    explode = bool(settings.get("explode", style == "form"))
    media_type = str(settings.get("contentType", "")).partition(",")[0].strip().lower() or None
    if style != "form" or "explode" in settings:
        # OpenAPI 3.0.3 §4.7.15.1: with `style` or `explode`, `contentType` is ignored.
        media_type = None
    elif media_type is None:
        media_type = _default_media_type(schema, text, form)
    elif not (media_type.startswith("text/") or "json" in media_type):
        media_type = BINARY
    elif media_type.startswith("text/"):
        media_type = None
    if media_type is BINARY and form.startswith(_URLENCODED):
        detail = f"{name} is binary, which {form} cannot contain"
        errors.append(schema.diagnostic(detail, f"Use {_MULTIPART}."))
    return ParameterPlan(
        name, name, "form", False, style, explode, text, SchemaPlan({}), media_type
    )


def _default_media_type(schema: Node, text: TextPlan, form: str) -> str | None:
    """JSON for objects, BINARY for binary strings, None for other members, which have a style
    (OpenAPI 3.0.3 §4.7.14.4)."""
    items = _property(schema, None) if "array" in text.types else schema
    if items is None:
        return None
    types = json_types(items)
    if "object" in types:
        return "application/json"
    written = items.followed().value
    if not isinstance(written, dict):
        return None
    encoded = "contentEncoding" in written
    binary = written.get("format") == "binary" or (
        "contentMediaType" in written and not encoded and "string" in (*types, "string")
    )
    return BINARY if binary and form.startswith(_MULTIPART) else None


def _property(schema: Node, name: str | None) -> Node | None:
    """The schema of a property, or for None of an array's items, in the schema or its branches."""
    queue, seen = [schema], set[object]()
    while queue:
        node = queue.pop(0).followed()
        if node.identity in seen or not isinstance(node.value, dict):
            continue
        seen.add(node.identity)
        if name is None:
            found = node.child("items")
        else:
            properties = node.child("properties")
            found = properties.child(name) if properties is not None else None
        if found is not None:
            return found
        for key in ("allOf", "anyOf", "oneOf"):
            branches = node.get(key)
            queue.extend(branches.elements() if branches is not None else ())
    return None
