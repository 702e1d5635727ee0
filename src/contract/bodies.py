"""Request bodies: finding the media type, reading JSON strictly."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from contract.plan import BodyPlan, MediaTypePlan
from contract.problems import Fault, Problem

__all__ = ["DEPTH_LIMIT", "is_json", "match_media_type", "media_type_of", "read_body", "read_json"]

DEPTH_LIMIT = 200
"""How deeply arrays and objects of a body may nest: below jsonschema_rs's own limit of 255."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def media_type_of(header: str) -> str:
    """The type and subtype of a Content-Type header, lower case, without parameters."""
    return header.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Whether the media type is JSON (RFC 8259) or has the suffix `+json` (RFC 6839 §3.1)."""
    return media_type == "application/json" or media_type.endswith("+json")


def match_media_type(content: tuple[MediaTypePlan, ...], media_type: str) -> MediaTypePlan | None:
    """The entry for a media type; the most specific key wins (OpenAPI 3.0.3 §4.7.14)."""
    by_type = {entry.media_type: entry for entry in content}
    for key in (media_type, media_type.partition("/")[0] + "/*", "*/*"):
        if key in by_type:
            return by_type[key]
    return None


def read_body(
    plan: BodyPlan, event: Mapping[str, Any], content_type: str | None
) -> tuple[Any, MediaTypePlan] | None:
    """The body's value and the media type it came in, or None when there is no body.

    Raises Problem: 400 for a body that is missing or cannot be read, 415 for an undeclared media
    type. A missing Content-Type counts as JSON, as API Gateway has it
    (AWS: api-gateway-method-request-validation).
    """
    raw = event.get("body")
    if not raw:
        if plan.required:
            raise _refused("the request has no body, and the contract asks for one")
        return None
    media_type = media_type_of(content_type or "application/json")
    entry = match_media_type(plan.content, media_type)
    if entry is None:
        known = ", ".join(entry.media_type for entry in plan.content)
        raise Problem(415, f"the body's media type is {media_type}; send one of: {known}")
    text = _text(raw) if event.get("isBase64Encoded") else raw
    return read_json(text), entry


def read_json(text: str) -> Any:
    """The value of a JSON text (RFC 8259), strictly read.

    Refused with a 400 Problem: NaN and infinities, numbers beyond a double's range, an object with
    a name twice (RFC 8259 §4 leaves its meaning open), lone surrogates (no Unicode text, §8.2),
    nesting deeper than DEPTH_LIMIT.
    """
    if text.count("[") + text.count("{") > DEPTH_LIMIT and _depth(text) > DEPTH_LIMIT:
        raise _refused(f"the body nests deeper than {DEPTH_LIMIT} levels")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_not_a_number,
            parse_float=_finite,
        )
    except json.JSONDecodeError as error:
        raise _refused(
            f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except ValueError as error:
        raise _refused(f"the body is not JSON: {error}") from None
    if "\\u" in text or not text.isascii():
        _refuse_surrogates(value)
    return value


def _refused(detail: str, pointer: str = "#") -> Problem:
    return Problem(400, "The request does not keep the contract.", errors=[Fault(detail, pointer)])


def _text(raw: str) -> str:
    try:
        return base64.b64decode(raw, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise _refused("the body is not UTF-8 text") from None


def _depth(text: str) -> int:
    """How deep the brackets outside strings nest."""
    deepest = depth = 0
    for bracket in re.findall(r'"(?:[^"\\]|\\.)*"|[][{}]', text, re.DOTALL):
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for index, name in enumerate(names) if name in names[:index])
        raise ValueError(f"the name {json.dumps(twice)[:100]} stands twice in one object")
    return members


def _not_a_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:40]} is out of range")
    return number


def _refuse_surrogates(value: Any) -> None:
    """Walks the value, since the place is worth naming; only texts that could hold one get here."""
    queue: list[tuple[str, Any]] = [("#", value)]
    while queue:
        place, node = queue.pop()
        if isinstance(node, str):
            if _SURROGATE.search(node):
                raise _refused("the text holds a lone surrogate, which is no character", place)
        elif isinstance(node, list):
            queue.extend((f"{place}/{index}", item) for index, item in enumerate(node))
        elif isinstance(node, dict):
            for name, item in node.items():
                if _SURROGATE.search(name):
                    raise _refused("a name holds a lone surrogate, which is no character", place)
                step = name.replace("~", "~0").replace("/", "~1")
                queue.append((f"{place}/{step}", item))
