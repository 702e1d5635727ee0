"""Compares how the fields of a form are sent: by a style, or in media types (`encoding`).

`encoding` concerns forms and other multipart bodies, and the properties that the schema names
(OpenAPI 3.0.3 §4.7.14.1); elsewhere it has no effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openapi_first.core.media_types import is_range, media_type_of
from openapi_first.diff.documentation import alike
from openapi_first.diff.findings.changes import Changes
from openapi_first.diff.findings.rules import Effect
from openapi_first.diff.media_types import covering, meaning_of
from openapi_first.diff.spelling import spelling
from openapi_first.documents.node import Node
from openapi_first.openapi.model import MediaType
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.form_members import URLENCODED, FormMember, form_members
from openapi_first.schemas.json_types import json_types

_TEXT = "text/plain"
_CHANGES = {Effect.BOTH: "changed", Effect.NARROWER: "narrowed", Effect.WIDER: "widened"}


def compare_encodings(
    part: str, old: MediaType, new: MediaType, direction: Direction, changes: Changes
) -> None:
    """Reports each field that both schemas name and that is sent in another way."""
    if not (_has_fields(old) and _has_fields(new)):
        return
    before, after = _members(old), _members(new)
    for name in dict.fromkeys((*_names(old), *_names(new))):
        if name not in before or name not in after:
            continue
        places = _encoding(old, name) or old.node, _encoding(new, name) or new.node
        effect = _effect((before[name], places[0]), (after[name], places[1]))
        if effect:
            rule = f"{direction.name.lower()}-encoding-{_CHANGES[effect]}"
            changes.add(rule, f"{part}/{name}", *places)


def _has_fields(entry: MediaType) -> bool:
    name = media_type_of(entry.name)
    return name == URLENCODED or name.startswith("multipart/") or is_range(name)


def _members(entry: MediaType) -> Mapping[str, FormMember]:
    if entry.schema is None:
        return {}
    return {member.name: member for member in form_members(entry)}


def _names(entry: MediaType) -> list[str]:
    return [str(name) for name in entry.encoding.value] if entry.encoding is not None else []


def _encoding(entry: MediaType, name: str) -> Node | None:
    return entry.encoding.get(name) if entry.encoding is not None else None


def _effect(old: tuple[FormMember, Node], new: tuple[FormMember, Node]) -> Effect:
    """The effect on what may be sent; each side is a field and its encoding, or the media type for
    a field without one."""
    (one, before), (other, after) = old, new
    if not alike(before, after, "headers") or _allows_reserved(before) != _allows_reserved(after):
        return Effect.BOTH
    known, taken = _media_types(one, before.value), _media_types(other, after.value)
    if not known and not taken:
        kinds = dict.fromkeys((*json_types(one.schema), *json_types(other.schema)))
        same = all(
            spelling(one.style, one.explode, kind) == spelling(other.style, other.explode, kind)
            for kind in kinds or ("array", "object")
        )
        return Effect.NONE if same else Effect.BOTH
    if not known or not taken:
        return Effect.BOTH
    effect = Effect.NONE
    if any(covering(each, taken) is None for each in known):
        effect |= Effect.NARROWER
    if any(covering(each, known) is None for each in taken):
        effect |= Effect.WIDER
    return effect


def _allows_reserved(encoding: Node) -> bool:
    return encoding.value.get("allowReserved") is True


def _media_types(member: FormMember, settings: Mapping[str, Any]) -> dict[str, str]:
    """The media types of a field, by what they mean; none for one whose style is another than that
    of text, where `contentType` is ignored."""
    if member.style != "form" or "explode" in settings:
        types = json_types(member.schema)
        as_text = member.style == "form" and (member.explode or "array" not in types)
        as_text = as_text and "object" not in types
        return {_TEXT: _TEXT} if as_text else {}
    listed = [each for each in str(settings.get("contentType", "")).split(",") if each.strip()]
    return {meaning_of(each): each for each in listed or [member.media_type or _TEXT]}
