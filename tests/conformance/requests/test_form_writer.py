"""A form that is written is the form that the Lambda reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openapi_first.compiler.compile import plan_contract
from openapi_first.conformance.requests.form_writer import form_body
from openapi_first.conformance.requests.parameter_writer import NotSendable
from openapi_first.openapi.loader import load
from openapi_first.runtime.forms import read_multipart, read_urlencoded
from support.compiled import contract_of
from support.documents import written

SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "pages": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "place": {"type": "object", "properties": {"city": {"type": "string"}}},
        "file": {"type": "string", "format": "binary"},
        "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
    },
}


def read(folder: Path, media_type: str, value: dict[str, Any], **entry: Any) -> Any:
    content = {media_type: {"schema": SCHEMA, **entry}}
    version = "3.1.0" if "contentMediaType" in str(entry) else "3.0.3"
    document = contract_of(method="post", requestBody={"content": content})
    document["openapi"] = version
    contract = load(written(folder, document))
    operation, (plan,) = contract.operations[0], plan_contract(contract).operations
    assert operation.body is not None
    assert plan.body is not None
    data, content_type = form_body(operation.body.content[0], value)
    if media_type == "multipart/form-data":
        return read_multipart(data, content_type, plan.body.content[0])[0]
    return read_urlencoded(data.decode(), plan.body.content[0])[0]


@pytest.mark.parametrize(
    "value",
    [
        {"title": "Ünï & co = 日本語 \r\n--", "pages": 7},
        {"title": "", "tags": ["a b", "c,d"], "place": {"city": "Köln"}},
        {"title": "a", "others": "kept as strings"},
    ],
)
@pytest.mark.parametrize("media_type", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_members_are_read_as_they_were_written(
    tmp_path: Path, media_type: str, value: dict[str, Any]
) -> None:
    assert read(tmp_path, media_type, value) == value


def test_files_are_parts_of_bytes(tmp_path: Path) -> None:
    found = read(tmp_path, "multipart/form-data", {"file": "é", "files": ["a", "b"]})
    assert found == {"file": "é".encode(), "files": [b"a", b"b"]}
    assert found["file"].media_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("listed", "sent"),
    [
        ("image/png, image/jpeg", "image/png"),
        ("image/*, application/pdf", "application/pdf"),
        ("Image/SVG+xml; q=1", "image/svg+xml"),
        ("image/*", "image/png"),
        ("*/*", "application/octet-stream"),
        ("font/*", "application/octet-stream"),
    ],
)
def test_a_file_is_of_a_media_type_that_its_encoding_lists(
    tmp_path: Path, listed: str, sent: str
) -> None:
    encoding = {name: {"contentType": listed} for name in ("file", "files")}
    value = {"file": "a", "files": ["b", "c"]}
    found = read(tmp_path, "multipart/form-data", value, encoding=encoding)
    assert {each.media_type for each in (found["file"], *found["files"])} == {sent}


@pytest.mark.parametrize(
    "member",
    [
        {"type": "string", "contentMediaType": "application/pdf"},
        {"type": "array", "items": {"allOf": [{"contentMediaType": "application/pdf"}]}},
    ],
)
def test_a_file_is_of_the_media_type_of_its_schema(tmp_path: Path, member: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"file": member}}
    value = ["a"] if member["type"] == "array" else "a"
    file = read(tmp_path, "multipart/form-data", {"file": value}, schema=schema)["file"]
    assert (file[0] if isinstance(file, list) else file).media_type == "application/pdf"


@pytest.mark.parametrize("value", [{}, {'a"b': "1"}, {"a": "\ud800"}])
def test_what_a_multipart_form_cannot_carry_is_not_written(
    tmp_path: Path, value: dict[str, Any]
) -> None:
    with pytest.raises(NotSendable):
        read(tmp_path, "multipart/form-data", value)
