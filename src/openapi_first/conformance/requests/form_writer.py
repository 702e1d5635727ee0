"""Writes the bodies of forms: urlencoded (WHATWG URL §5) and multipart (RFC 7578)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from openapi_first.conformance.requests.parameter_writer import (
    NotSendable,
    form_text,
    parameter_pairs,
)
from openapi_first.core.media_types import BINARY, is_range, media_type_of
from openapi_first.openapi.model import MediaType
from openapi_first.schemas.form_members import MULTIPART, FormMember, form_members, is_form
from openapi_first.schemas.json_types import views

# A media type of each range that `encoding` may name for a file.
_IN_RANGE = {"image/*": "image/png", "audio/*": "audio/mpeg", "video/*": "video/mp4"}
_BOUNDARY = "contract-test-boundary-7d1e2c"


def is_written_as_form(entry: MediaType) -> bool:
    """Whether bodies in this entry of `content` consist of members."""
    return entry.schema is not None and is_form(entry.name)


def form_body(entry: MediaType, value: dict[str, Any]) -> tuple[bytes, str]:
    """A form with these members, and its Content-Type. Raises NotSendable."""
    if media_type_of(entry.name) != MULTIPART:
        return form_text(entry, value).encode("ascii"), entry.name
    known = {member.name: member for member in form_members(entry)} if entry.schema else {}
    parts = [
        part
        for name, each in value.items()
        for part in _parts(name, each, known.get(name), _file_type(entry, known.get(name)))
    ]
    if not parts:
        raise NotSendable("a multipart form without parts")  # RFC 2046 §5.1.1 asks for one
    lines = [b"--%b\r\n%b\r\n" % (_BOUNDARY.encode(), part) for part in parts]
    end = b"--%b--\r\n" % _BOUNDARY.encode()
    return b"".join((*lines, end)), f"{entry.name}; boundary={_BOUNDARY}"


def _file_type(entry: MediaType, member: FormMember | None) -> str:
    """The media type of a file: the first that `encoding` lists, else that of its schema (3.1)."""
    if member is None:
        return BINARY
    encoding = entry.encoding.get(member.name) if entry.encoding is not None else None
    listed = str(encoding.value.get("contentType", "")) if encoding is not None else ""
    for view in views(member.content):
        listed = listed or str(view.value.get("contentMediaType", ""))
    names = [media_type_of(each) for each in listed.split(",") if each.strip()]
    exact = [each for each in names if not is_range(each)]
    return next(iter(exact + [_IN_RANGE[each] for each in names if each in _IN_RANGE]), BINARY)


def _parts(name: str, value: Any, member: FormMember | None, file_type: str) -> list[bytes]:
    if member is not None and member.media_type == BINARY:
        files = value if isinstance(value, list) else [value]
        return [_part(name, _text(each), 'filename="file"', file_type) for each in files]
    if member is not None and member.media_type is not None:
        values = value if member.explode and isinstance(value, list) else [value]
        head = member.media_type
        return [_part(name, json.dumps(each, ensure_ascii=False), "", head) for each in values]
    if member is not None:
        pairs = parameter_pairs(member, value)
        return [_part(unquote(key), _unquoted(text), "", "") for key, text in pairs]
    values = value if isinstance(value, list) else [value]
    return [_part(name, _text(each), "", "") for each in values]


def _part(name: str, text: str, more: str, media_type: str) -> bytes:
    if not name.isprintable() or '"' in name or "\\" in name:
        raise NotSendable(name)
    disposition = f'Content-Disposition: form-data; name="{name}"' + (f"; {more}" if more else "")
    kind = f"Content-Type: {media_type}\r\n" if media_type else ""
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotSendable("a lone surrogate") from None
    if _BOUNDARY in text:
        raise NotSendable("the boundary")
    return f"{disposition}\r\n{kind}\r\n".encode() + content


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _unquoted(text: str) -> str:
    return unquote(text, errors="surrogatepass")
