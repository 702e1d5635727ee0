"""Reads request parameters: from the strings of a proxy event to values of the schema's types.

A string that parses as none of the types stays a string, so that the validator reports it in the
contract's terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from openapi_first.runtime.coercion import candidates, nested_candidates
from openapi_first.runtime.plan import ParameterPlan, TextPlan
from openapi_first.runtime.proxy_event import ProxyEvent
from openapi_first.runtime.styles import (
    nested_parts,
    split_path_value,
    split_simple,
    split_value,
)
from openapi_first.runtime.wire.json_text import read_json

_STRING = ("string",)
"""The types of a text that is neither split nor converted, which most are."""


def read_parameter(plan: ParameterPlan, event: ProxyEvent) -> list[Any] | None:
    """The values that the parameter may stand for, not yet validated, narrow types first; None
    when it is missing and has no default.

    REST APIs pass path parameters on percent-encoded, and query parameters decoded (recorded from
    AWS). Raises ValueError, with a message for the client, when it cannot be parsed.
    """
    try:
        values = _read(plan, event)
    except UnicodeDecodeError:
        raise ValueError("the percent-encoding is not UTF-8") from None
    return [plan.default] if values is None and plan.has_default else values


def header_value(
    text: str, plan: TextPlan, media_type: str | None = None, *, explode: bool = False
) -> list[Any]:
    """The values that a header in the style `simple` may stand for; headers are not encoded."""
    if media_type is not None:
        return [_read_content(text, media_type)]
    if plan.types == _STRING:
        return [text.strip()]
    return candidates(split_simple(text, plan.types, explode, str.strip), plan)


def read_member(plan: ParameterPlan, members: Mapping[str, Sequence[str]]) -> list[Any] | None:
    """The values of a query parameter or form member; `members` has decoded names and texts.

    As `read_parameter`, but applies no default.
    """
    if plan.nested:
        nested = nested_parts(plan.name, members, plan.claimed)
        if nested is None or (plan.allow_empty and nested == [""]):
            return None
        return nested_candidates(nested, plan.nested, plan.name)
    if "object" in plan.text.types and plan.explode and plan.media_type is None:
        found = _exploded_object(plan, members)
        return candidates(_single(found), plan.text) if found else None
    return _read_texts(plan, members.get(plan.name, ()))


def _read_texts(plan: ParameterPlan, texts: Sequence[str]) -> list[Any] | None:
    if not texts:
        return None
    if plan.media_type is not None and "array" in plan.text.types and plan.explode:
        return [[_read_content(text, plan.media_type, plan.integral) for text in texts]]
    if "array" in plan.text.types and plan.explode:
        values = candidates(list(texts), plan.text)
        if len(texts) == 1 and len(plan.text.types) > 1:
            values += candidates(texts[0], plan.text)
        return values
    if len(texts) > 1:
        raise ValueError(f"must be given once, not {len(texts)} times")
    if plan.media_type is not None:
        return [_read_content(texts[0], plan.media_type, plan.integral)]
    if texts[0] == "" and plan.allow_empty:
        return None
    return candidates(split_value(texts[0], plan.style, plan.text.types), plan.text)


def _read(plan: ParameterPlan, event: ProxyEvent) -> list[Any] | None:
    if plan.location == "query":
        return read_member(plan, event.query)
    if plan.location == "cookie":
        return read_member(plan, event.cookies)
    if plan.location == "header":
        line = event.header(plan.name)
        if line is None:
            return None
        if plan.media_type is not None:
            return [_read_content(line, plan.media_type, plan.integral)]
        return header_value(line, plan.text, explode=plan.explode)
    text = event.path_parameters.get(plan.name)
    return None if text is None else _path_value(plan, text)


def _path_value(plan: ParameterPlan, text: str) -> list[Any]:
    if plan.media_type is not None:
        return [_read_content(_unquoted(text), plan.media_type, plan.integral)]
    if plan.style == "simple" and plan.text.types == _STRING:
        return [_unquoted(text)]
    raw = split_path_value(text, plan.style, plan.name, plan.text.types, plan.explode, _unquoted)
    return candidates(raw, plan.text)


def _unquoted(text: str) -> str:
    return unquote(text, errors="strict")


def _read_content(text: str, media_type: str, integral: bool = False) -> Any:
    if media_type.startswith("text/"):
        return text
    return read_json(text, integral=integral)


def _exploded_object(
    plan: ParameterPlan, members: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]]:
    """The members of an object that are sent as if each were a parameter."""
    known, open_ = plan.text.properties, plan.text.others is not None
    return {
        name: texts
        for name, texts in members.items()
        if name in known or (open_ and name not in plan.claimed and "[" not in name)
    }


def _single(found: Mapping[str, Sequence[str]]) -> dict[str, str]:
    for name, texts in found.items():
        if len(texts) > 1:
            raise ValueError(f"the member {name} must be given once, not {len(texts)} times")
    return {name: texts[0] for name, texts in found.items()}
