"""The body of a response as it is sent, and its value as the client reads it."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Sequence
from typing import Any

from openapi_first.core.media_types import charset_of, decode_text, is_json, media_type_of
from openapi_first.runtime.wire.json_text import dump_json, read_json
from openapi_first.runtime.wire.sendable import UnsendableError

NO_CODINGS: Sequence[str] = ()


def dump_value(
    value: Any, media_type: str | None, codings: Sequence[str] = NO_CODINGS
) -> tuple[str, bool]:
    """A body, and whether it is base64 (AWS: set-up-lambda-proxy-integrations, output format).

    Bytes with content codings are sent as they are. Raises TypeError or ValueError for a value that
    cannot be written as JSON or as text.
    """
    if media_type is None:
        return "", False
    if isinstance(value, bytes):
        return _as_text(value, media_type, codings)
    json = is_json(media_type_of(media_type))
    if not json and isinstance(value, str):
        body = value
    elif not json and isinstance(value, dict | list | tuple):
        kind = type(value).__name__
        raise UnsendableError(f"{media_type} cannot carry a {kind}; send a string or bytes")
    else:
        try:
            body = dump_json(value)
        except RecursionError:
            raise UnsendableError("its body is nested too deep") from None
    if not body.isascii():
        # Raises for a lone surrogate, which cannot be sent and which the validator allows.
        body.encode()
    return body, False


def can_be_written(value: Any, media_type: str | None) -> bool:
    """Whether `dump_value` can write it; bytes are not JSON."""
    if isinstance(value, bytes) and is_json(media_type_of(media_type or "")):
        return False
    try:
        dump_value(value, media_type)
    except (TypeError, ValueError):
        return False
    return True


def can_carry(value: Any, media_type: str, codings: Sequence[str] = NO_CODINGS) -> bool:
    """Whether the media type is one for values of this type."""
    if is_json(media_type_of(media_type)):
        return bool(codings) or not isinstance(value, bytes)
    return not isinstance(value, dict | list | tuple | None)


def sent_value(value: Any, media_type: str, codings: Sequence[str] = NO_CODINGS) -> Any:
    """The value that a client reads, for the validator: JSON and text are read from encoded bytes,
    and other bytes are a string of as many characters.

    Raises ValueError, with a message that completes "the body is", for what a client cannot read;
    NotDecodedError for bytes that are not decoded here.
    """
    json = is_json(media_type_of(media_type))
    if codings:
        from openapi_first.runtime.wire.content_codings import decoded

        if not isinstance(value, bytes):
            raise ValueError("not in its content coding; send encoded bytes")
        value = decoded(value, codings)
        if json:
            return read_json(_utf_8(value))
    if not isinstance(value, bytes):
        return value
    if json:
        raise ValueError("bytes, which are not JSON; send the value")
    if media_type.startswith("text/"):
        try:
            return decode_text(value, charset_of(media_type) or "utf-8")
        except (LookupError, UnicodeDecodeError):
            pass
    return value.decode("latin-1")


def _utf_8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ValueError("not JSON: it is not UTF-8") from None


def _as_text(value: bytes, media_type: str, codings: Sequence[str]) -> tuple[str, bool]:
    """The body, and whether it is base64. Text is sent as text, since API Gateway decodes base64
    only for its binary media types (AWS: lambda-proxy-binary-media)."""
    is_text = not codings and media_type.startswith("text/")
    if is_text and charset_of(media_type) in (None, "utf-8"):
        try:
            return value.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(value).decode(), True


def headers_of_body(value: Any, media_type: str, codings: Sequence[str] = ()) -> dict[str, str]:
    """What the response to HEAD says about the body that GET gets (RFC 9110 §8.6, §9.3.2).

    Without its length if the body cannot be written, or is not there to be measured.
    """
    headers = {"Content-Type": media_type}
    if value is None:
        return headers
    with contextlib.suppress(TypeError, ValueError):
        body, encoded = dump_value(value, media_type, codings)
        content = base64.b64decode(body) if encoded else body.encode()
        headers["Content-Length"] = str(len(content))
    return headers
