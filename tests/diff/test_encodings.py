"""Changes of how the fields of a form are sent: judged by their effect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diff.comparing import MAKE, OK, base, compared, edit, rules

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"
LIST = {"type": "array", "items": {"type": "string"}}
OBJECT = {"type": "object", "properties": {"b": {"type": "string"}}}
FILE = {"type": "string", "format": "binary"}
SCHEMA = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "list": LIST, "object": OBJECT, "file": FILE},
}

Encoding = dict[str, Any]


def changes(
    folder: Path, media_type: str, old: Encoding, new: Encoding, place: tuple[Any, ...] = ()
) -> set[str]:
    documents = base(), base()
    for document, encoding in zip(documents, (old, new), strict=True):
        content = {media_type: {"schema": SCHEMA, "encoding": encoding}}
        edit(*(place or (*MAKE, "requestBody")), "content", to=content)(document)
    return rules(compared(folder, *documents))


@pytest.mark.parametrize(
    ("media_type", "encoding"),
    [
        (FORM, {"list": {"style": "form", "explode": True}}),
        (FORM, {"text": {"explode": False}}),
        (FORM, {"text": {"contentType": "text/plain; charset=utf-8"}}),
        (FORM, {"text": {"allowReserved": False}}),
        (FORM, {"unknown": {"style": "spaceDelimited"}}),
        (PARTS, {"object": {"contentType": "application/json"}}),
        (PARTS, {"file": {"contentType": "Application/Octet-Stream"}}),
        (PARTS, {"list": {"contentType": "text/plain"}}),
        ("application/json", {"text": {"contentType": "text/csv"}}),
        (PARTS, {"text": {}, "file": {"x-note": "a"}}),
    ],
)
def test_an_encoding_that_says_what_holds_without_it_is_no_change(
    media_type: str, encoding: Encoding, tmp_path: Path
) -> None:
    assert changes(tmp_path, media_type, {}, encoding) == set()
    assert changes(tmp_path, media_type, encoding, {}) == set()


@pytest.mark.parametrize(
    ("media_type", "old", "new"),
    [
        (FORM, {}, {"list": {"explode": False}}),
        (FORM, {}, {"list": {"style": "spaceDelimited", "explode": False}}),
        (FORM, {}, {"object": {"style": "deepObject", "explode": True}}),
        (FORM, {}, {"object": {"style": "form", "explode": True}}),
        (FORM, {"list": {"explode": False}}, {"list": {"style": "pipeDelimited"}}),
        (FORM, {}, {"text": {"allowReserved": True}}),
        (FORM, {}, {"text": {"contentType": "application/json"}}),
        (PARTS, {}, {"text": {"contentType": "text/csv"}}),
        (PARTS, {}, {"object": {"contentType": "application/xml"}}),
        (PARTS, {}, {"file": {"headers": {"X-A": {"schema": {"type": "string"}}}}}),
        (PARTS, {"file": {"contentType": "a/b, a/c"}}, {"file": {"contentType": "a/c, a/d"}}),
    ],
)
def test_a_field_that_is_sent_in_another_way_is_breaking(
    media_type: str, old: Encoding, new: Encoding, tmp_path: Path
) -> None:
    assert changes(tmp_path, media_type, old, new) == {"request-encoding-changed"}
    assert changes(tmp_path, media_type, new, old) == {"request-encoding-changed"}
    answer = changes(tmp_path, media_type, old, new, OK)
    assert answer == {"response-encoding-changed"}


@pytest.mark.parametrize(
    ("fewer", "more"),
    [
        ("image/png", "image/png, image/jpeg"),
        ("image/png", "image/*"),
        ("image/png, image/jpeg", "image/*"),
        ("application/octet-stream", "*/*"),
    ],
)
def test_more_media_types_of_a_field_are_compatible_in_requests_only(
    fewer: str, more: str, tmp_path: Path
) -> None:
    one, other = ({"file": {"contentType": each}} for each in (fewer, more))
    assert changes(tmp_path, PARTS, one, other) == {"request-encoding-widened"}
    assert changes(tmp_path, PARTS, other, one) == {"request-encoding-narrowed"}
    assert changes(tmp_path, PARTS, one, other, OK) == {"response-encoding-widened"}
    assert changes(tmp_path, PARTS, other, one, OK) == {"response-encoding-narrowed"}
