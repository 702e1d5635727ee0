"""Request bodies, from the parameters in `body` and `formData`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openapi_first.dialects.part import Part
from openapi_first.dialects.swagger.converted import Converted, Losses, copied
from openapi_first.dialects.swagger.parameters import as_string, described_value
from openapi_first.dialects.swagger.schemas import Schemas

JSON = "application/json"
_URLENCODED, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


def request_body(
    operation: Part,
    parameters: Sequence[Part],
    consumes: Sequence[str],
    schemas: Schemas,
    losses: Losses,
) -> Converted | None:
    """The request body that the parameters in `body` or `formData` describe, if there are any."""
    for part in parameters:
        if part.value["in"] == "body":
            return _body(operation, part, consumes, schemas, losses)
    fields = [part for part in parameters if part.value["in"] == "formData"]
    return _form(operation, fields, consumes, losses) if fields else None


def _body(
    operation: Part, part: Part, consumes: Sequence[str], schemas: Schemas, losses: Losses
) -> Converted:
    if not consumes:
        losses.note(operation, f"without `consumes`, the request body is {JSON}")
    schema = part.child("schema")
    assert schema is not None
    content = {
        name: Converted(part, {"schema": schemas.converted(schema)}) for name in consumes or (JSON,)
    }
    return Converted(part, {**copied(part, "description", "required"), "content": content})


def _form(
    operation: Part, fields: Sequence[Part], consumes: Sequence[str], losses: Losses
) -> Converted:
    has_file = any(part.value["type"] == "file" for part in fields)
    possible = (_MULTIPART,) if has_file else (_URLENCODED, _MULTIPART)
    types = [name for name in consumes if name.partition(";")[0].strip().lower() in possible]
    if not types:
        types = [possible[0]]
        losses.note(operation, f"`consumes` has no form for these fields; it is read as {types[0]}")
    elif len(types) < len(consumes):
        others = ", ".join(name for name in consumes if name not in types)
        losses.note(operation, f"a form cannot have the media type {others}, which is left out")
    content = {name: _content(operation, name, fields, losses) for name in types}
    required = {"required": True} if any(part.value.get("required") for part in fields) else {}
    return Converted(fields[0], {**required, "content": content})


def _content(operation: Part, media_type: str, fields: Sequence[Part], losses: Losses) -> Converted:
    properties: dict[str, Any] = {}
    encoding: dict[str, Any] = {}
    for part in fields:
        name = str(part.value["name"])
        described = described_value(part, "formData", losses)
        schema = described.schema
        if media_type.lower().startswith(_MULTIPART):
            # OpenAPI 3.0.3 §4.7.15.1: `style` means nothing in multipart; each item is a part.
            if described.style is not None and not described.explode:
                schema = as_string(part, "an array in one part of a multipart form", losses)
        elif described.style is not None:
            encoding[name] = Converted(
                part, {"style": described.style, "explode": described.explode}
            )
        if part.value.get("allowEmptyValue"):
            losses.note(part, f"allowEmptyValue of the form field {name} means nothing")
        schema.update(copied(part, "description"))
        schema.pop("x-nullable", None)
        properties[name] = schema
    form: dict[str, Any] = {"type": "object", "properties": properties}
    required = [str(part.value["name"]) for part in fields if part.value.get("required")]
    if required:
        form["required"] = required
    members: dict[str, Any] = {"schema": Converted(operation, form)}
    return Converted(operation, {**members, "encoding": encoding} if encoding else members)
