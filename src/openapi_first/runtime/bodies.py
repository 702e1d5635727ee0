"""Reads request bodies into values, by media type."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Sequence
from typing import Any

from openapi_first.core.media_types import (
    charset_of,
    decode_text,
    is_json,
    match_media_type,
    media_type_of,
)
from openapi_first.core.problem_details import Problem, ProblemEntry
from openapi_first.runtime.plan import BodyPlan, MediaTypePlan
from openapi_first.runtime.proxy_event import ProxyEvent
from openapi_first.runtime.request import BodyError
from openapi_first.runtime.wire.json_text import JSONTextError, read_json

_GZIP = b"\x1f\x8b"
"""How gzip starts (RFC 1952 §2.3.1)."""
_GZIP_AS_TEXT = "\x1f"
"""How bytes start that were taken for text: no JSON does, nor a form or text."""


def read_body(
    plan: BodyPlan, event: ProxyEvent, *, decoding: bool = True
) -> tuple[list[Any], MediaTypePlan] | None:
    """The values that the body may stand for, narrow types first, and the entry for its media
    type; None when there is no body.

    JSON becomes its value, a form an object, text a string, everything else bytes. Without a
    Content-Type it is read as JSON, as API Gateway does (AWS:
    api-gateway-method-request-validation). With `decoding`, a Content-Encoding is undone.

    Raises BodyError for a body that is missing or cannot be read, Problem 415 for an undeclared
    media type, an unsupported content coding, and a charset that a body or a part may not have,
    Problem 413 for a body that is too large when it is decoded.
    """
    raw: str | bytes | None = event.body
    if not raw:
        if plan.required:
            raise _unreadable("the request body is required")
        return None
    lines = event.headers.get("content-type")
    header = lines[0] if lines and lines[0] else "application/json"
    media_type = media_type_of(header)
    entry = match_media_type(plan.content, header)
    if entry is None:
        known = ", ".join(each.media_type for each in plan.content)
        raise Problem(415, f"the body's media type is not declared; send one of: {known}")
    encoded = bool(event.raw.get("isBase64Encoded"))
    if decoding and "content-encoding" in event.headers:
        raw, encoded = _without_codings(raw, encoded, event.headers["content-encoding"])
    if is_json(media_type):
        # RFC 8259 §8.1: UTF-8, whatever a charset says.
        try:
            return [read_json(_text(raw, encoded, "utf-8"), integral=plan.integral)], entry
        except JSONTextError as error:
            raise _unreadable(f"the body is {error}", error.pointer) from None
    as_form = entry.schema is not None and media_type_of(entry.media_type) == media_type
    if media_type == "application/x-www-form-urlencoded" and as_form:
        from openapi_first.runtime.forms import read_urlencoded

        return read_urlencoded(_text(raw, encoded, "utf-8"), entry), entry
    if media_type == "multipart/form-data" and as_form:
        from openapi_first.runtime.forms import read_multipart

        return read_multipart(_bytes(raw, encoded), header, entry), entry
    if media_type.startswith("text/") or media_type == "application/x-www-form-urlencoded":
        return [_text(raw, encoded, charset_of(header) or "utf-8")], entry
    return [_bytes(raw, encoded)], entry


def _unreadable(detail: str, pointer: str = "#") -> BodyError:
    return BodyError([ProblemEntry(detail, pointer)])


def _without_codings(
    raw: str | bytes, encoded: bool, lines: Sequence[str]
) -> tuple[str | bytes, bool]:
    """The body without its content codings.

    What API Gateway passes on as text, it has decoded already (AWS:
    api-gateway-gzip-compression-decompression), unless it took encoded bytes for text.
    """
    from openapi_first.runtime.wire import content_codings

    codings = content_codings.codings_of(lines)
    if not codings:
        return raw, encoded
    supported = {"Accept-Encoding": content_codings.SUPPORTED}
    try:
        if encoded:
            data = _bytes(raw, encoded)
            if codings[-1] == "gzip" and not data.startswith(_GZIP):
                return data, True  # decoded by API Gateway
            return content_codings.decoded(data, codings), True
        content_codings.check_supported(codings)
    except content_codings.UnsupportedCodingError as error:
        detail = f"{error}; send one of: {content_codings.SUPPORTED}"
        raise Problem(415, detail, headers=supported) from None
    except content_codings.DecodedSizeError as error:
        raise Problem(413, str(error)) from None
    except content_codings.CodingError as error:
        raise _unreadable(f"the body is {error}") from None
    if isinstance(raw, str) and raw.startswith(_GZIP_AS_TEXT):
        detail = "API Gateway has not passed the encoded body on as bytes; send it without a coding"
        raise Problem(415, detail, headers={"Accept-Encoding": "identity"})
    return raw, encoded


def _bytes(raw: str | bytes, encoded: bool) -> bytes:
    if isinstance(raw, bytes):
        return raw
    if not encoded:
        return raw.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(raw, validate=True)
    except ValueError:
        raise _unreadable("the body's base64 encoding is invalid") from None


def _text(raw: str | bytes, encoded: bool, charset: str) -> str:
    """API Gateway has already decoded the text, unless its media type is binary to it."""
    if isinstance(raw, str) and not encoded and charset == "utf-8":
        return raw
    try:
        text = decode_text(_bytes(raw, encoded) if encoded else b"", charset)
    except LookupError:
        raise Problem(415, "the body's charset is not supported; send utf-8") from None
    except UnicodeDecodeError:
        raise _unreadable(f"the body is not {codecs.lookup(charset).name} text") from None
    return raw if isinstance(raw, str) and not encoded else text
