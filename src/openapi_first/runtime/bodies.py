"""Request bodies: finding the media type, reading the body into a value."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from openapi_first.core.media_types import charset_of, is_json, match_media_type, media_type_of
from openapi_first.core.problem_details import Problem, ProblemEntry
from openapi_first.runtime.json_reader import JSONTextError, read_json
from openapi_first.runtime.plan import BodyPlan, MediaTypePlan

_CHARSETS = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("us-ascii", "ascii"), "ascii"),
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1"), "latin-1"),
    **dict.fromkeys(("windows-1252", "cp1252"), "cp1252"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16be"), "utf-16"),
}


def read_body(
    plan: BodyPlan, event: Mapping[str, Any], content_type: str | None
) -> tuple[list[Any], MediaTypePlan] | None:
    """The values the body may stand for, the narrowest first, and the entry of its media type;
    None when there is no body.

    JSON becomes its value, a form an object of its members, a text a string, anything else bytes.
    Raises Problem: 400 with every fault for a body that is missing or cannot be read, 415 for an
    undeclared media type or charset. A missing Content-Type counts as JSON, as API Gateway has it
    (AWS: api-gateway-method-request-validation).
    """
    raw = event.get("body")
    if not raw:
        if plan.required:
            raise _refused("the request has no body, and the contract asks for one")
        return None
    header = content_type or "application/json"
    media_type = media_type_of(header)
    entry = match_media_type(plan.content, header)
    if entry is None:
        known = ", ".join(each.media_type for each in plan.content)
        raise Problem(415, f"the body's media type is {media_type}; send one of: {known}")
    encoded = bool(event.get("isBase64Encoded"))
    if is_json(media_type):
        # RFC 8259 §8.1: UTF-8, whatever a charset says.
        try:
            return [read_json(_text(raw, encoded, "utf-8"), integral=plan.integral)], entry
        except JSONTextError as error:
            raise _refused(f"the body is {error}", error.pointer) from None
    if media_type == "application/x-www-form-urlencoded" and entry.members:
        from openapi_first.runtime.forms import read_urlencoded

        return read_urlencoded(_text(raw, encoded, "utf-8"), entry), entry
    if media_type == "multipart/form-data" and entry.members:
        from openapi_first.runtime.forms import read_multipart

        return read_multipart(_bytes(raw, encoded), header, entry), entry
    if media_type.startswith("text/") or media_type == "application/x-www-form-urlencoded":
        return [_text(raw, encoded, charset_of(header) or "utf-8")], entry
    return [_bytes(raw, encoded)], entry


def _refused(detail: str, pointer: str = "#") -> Problem:
    return Problem(
        400, "The request does not keep the contract.", errors=[ProblemEntry(detail, pointer)]
    )


def _bytes(raw: str, encoded: bool) -> bytes:
    if not encoded:
        return raw.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(raw, validate=True)
    except binascii.Error:
        raise _refused("the body's base64 encoding is broken") from None


def _text(raw: str, encoded: bool, charset: str) -> str:
    """API Gateway has decoded the text already, unless its media type is declared binary."""
    codec = _CHARSETS.get(charset)
    if codec is None:
        raise Problem(415, f"the body's charset is {charset}; send utf-8")
    if not encoded:
        return raw
    try:
        return _bytes(raw, encoded).decode(codec)
    except UnicodeDecodeError:
        raise _refused(f"the body is not {charset} text") from None
