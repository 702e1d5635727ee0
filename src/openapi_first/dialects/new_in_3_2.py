"""What OpenAPI 3.2 added to 3.1: what only documents, and what changes the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openapi_first.dialects.objects import PATH_ITEM, SCHEMA, Object, objects_of
from openapi_first.dialects.part import Part

# By the kind of object, with the remedy.
_CHANGES: dict[str, dict[str, str]] = {
    PATH_ITEM: {
        "query": "API Gateway has no method QUERY. Use POST.",
        "additionalOperations": "API Gateway has no other methods. Use one that it has.",
    },
    "components": {"mediaTypes": "Write the media type in place."},
    "content": {
        "itemSchema": "Describe the whole body by `schema`.",
        "prefixEncoding": "Use `encoding`.",
        "itemEncoding": "Use `encoding`.",
    },
    "encoding": {
        "encoding": "Describe the whole part by its schema.",
        "prefixEncoding": "Describe the whole part by its schema.",
        "itemEncoding": "Describe the whole part by its schema.",
    },
    "discriminator": {"defaultMapping": "Name the value of each schema in `mapping`."},
}
_VALUES = {
    ("in", "querystring"): "Describe each parameter of the query string.",
    ("style", "cookie"): "Use the style `form`.",
}
_DOCUMENTS = {
    "": ("$self",),
    "examples": ("dataValue", "serializedValue"),
    "tags": ("summary", "parent", "kind"),
    "servers": ("name",),
    "responses": ("summary",),
    "content": ("description",),
    "securitySchemes": ("deprecated", "oauth2MetadataUrl"),
    "flows": ("deviceAuthorization",),
    "xml": ("nodeType",),
}


@dataclass(frozen=True, slots=True)
class Novelty:
    """`remedy` is None for what only documents."""

    part: Part
    name: str
    remedy: str | None


def new_in_3_2(root: Part) -> Iterator[Novelty]:
    """Each member that OpenAPI 3.1 does not have, in all files of the contract."""
    for each in objects_of(root):
        yield from _changes(each)
        for name in _DOCUMENTS.get(each.kind, ()):
            if name in each.value:
                yield Novelty(each.member(name), name, None)


def _changes(each: Object) -> Iterator[Novelty]:
    for name, remedy in _CHANGES.get(each.kind, {}).items():
        if name in each.value:
            yield Novelty(each.member(name), name, remedy)
    if each.kind == "content" and "$ref" in each.value:
        yield Novelty(each.member("$ref"), "a reference to a media type", "Write it in place.")
    if each.kind == SCHEMA or "name" not in each.value:
        return
    for (name, value), remedy in _VALUES.items():
        if each.value.get(name) == value:
            yield Novelty(each.member(name), f"{name}: {value}", remedy)
