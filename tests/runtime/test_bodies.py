"""Bodies in every media type arrive as what their schema describes, and leave as declared."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.runtime import Reply
from support.compiled import Handler, contract_of, event, serve

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FORM: dict[str, Any] = {
    "type": "object",
    "required": ["n"],
    "properties": {
        "n": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "o": {"type": "object", "properties": {"a": {"type": "integer"}}},
    },
}
UPLOAD = {
    **FORM,
    "properties": {**FORM["properties"], "f": {"type": "string", "format": "binary"}},
}


def taking(media_type: str, schema: Any, **more: Any) -> dict[str, Any]:
    content = {media_type: {"schema": schema, **more}}
    return contract_of(method="post", requestBody={"required": True, "content": content})


def sent(content_type: str, body: str | bytes) -> dict[str, Any]:
    encoded = isinstance(body, bytes)
    text = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    headers: dict[str, str | list[str]] = {"Content-Type": content_type}
    return event(method="POST", headers=headers, body=text, encoded=encoded)


def received(folder: Path, contract: dict[str, Any], request: dict[str, Any]) -> Any:
    """The body the function is given, or the errors of the 400 as pointer and detail."""
    handler, seen = serve(folder, contract)
    answer = handler(request, None)
    if answer["statusCode"] == 400:
        errors = json.loads(answer["body"])["errors"]
        return [(error["pointer"], error["detail"]) for error in errors]
    assert answer["statusCode"] == 200, answer
    return seen[-1]["body"]


def parts(members: dict[str, bytes], boundary: str = "B") -> bytes:
    lines = b""
    for name, value in members.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        lines += head.encode() + value + b"\r\n"
    return lines + f"--{boundary}--\r\n".encode()


def test_a_urlencoded_form_is_an_object_of_typed_members(tmp_path: Path) -> None:
    request = sent(URLENCODED, 'n=5&tags=a&tags=b+c&o={"a":1}')
    assert received(tmp_path, taking(URLENCODED, FORM), request) == {
        "n": 5,
        "tags": ["a", "b c"],
        "o": {"a": 1},
    }


def test_encoding_gives_a_member_its_style(tmp_path: Path) -> None:
    encoding = {"o": {"style": "deepObject", "explode": True}}
    contract = taking(URLENCODED, FORM, encoding=encoding)
    assert received(tmp_path, contract, sent(URLENCODED, "n=1&o[a]=7")) == {"n": 1, "o": {"a": 7}}


def test_every_error_in_a_form_is_reported(tmp_path: Path) -> None:
    contract = taking(URLENCODED, FORM)
    found = received(tmp_path / "a", contract, sent(URLENCODED, "n=x&n=2&o={"))
    assert [place for place, _ in found] == ["#/n", "#/o"]
    ((place, detail),) = received(tmp_path / "b", contract, sent(URLENCODED, "tags=a"))
    assert (place, "required" in detail) == ("#", True)


def test_a_multipart_form_keeps_its_bytes(tmp_path: Path) -> None:
    body = parts({"n": b"5", "f": b"\x00\xff\r\n\r\x0b", "o": b'{"a": 3}'})
    request = sent(f"{MULTIPART}; boundary=B", body)
    assert received(tmp_path, taking(MULTIPART, UPLOAD), request) == {
        "n": 5,
        "f": b"\x00\xff\r\n\r\x0b",
        "o": {"a": 3},
    }


@pytest.mark.parametrize(
    ("openapi", "schema"),
    [
        ("3.0.3", {"type": "string", "format": "binary"}),
        ("3.0.3", {"allOf": [{"$ref": "#/components/schemas/File"}]}),
        ("3.1.0", {"type": "string", "contentMediaType": "application/pdf"}),
        ("3.1.0", {"contentMediaType": "application/pdf"}),
        ("3.1.0", {"type": "string", "contentEncoding": "binary"}),
        ("3.1.0", {"type": ["string", "null"], "format": "binary"}),
        ("3.1.0", {"$ref": "#/components/schemas/Text", "contentMediaType": "image/png"}),
    ],
)
def test_a_file_is_bytes_with_the_name_and_the_media_type_that_the_client_gives(
    tmp_path: Path, openapi: str, schema: dict[str, Any]
) -> None:
    several = {"type": "array", "items": schema}
    form = {"type": "object", "properties": {"f": schema, "more": several}}
    document = {**taking(MULTIPART, form), "openapi": openapi}
    document["components"]["schemas"] = {
        "File": {"type": "string", "format": "binary"},
        "Text": {"type": "string"},
    }
    head = 'Content-Disposition: form-data; name="{}"; filename="a.pdf"\r\nContent-Type: '
    pdf = head.format("f").encode() + b"Application/PDF; x=y\r\n\r\n\xff%PDF\r\n"
    plain = b'Content-Disposition: form-data; name="more"\r\n\r\n\xfe\r\n'
    body = b"--B\r\n" + b"--B\r\n".join([pdf, plain, plain]) + b"--B--\r\n"
    found = received(tmp_path, document, sent(f"{MULTIPART}; boundary=B", body))
    assert found == {"f": b"\xff%PDF", "more": [b"\xfe", b"\xfe"]}
    assert (found["f"].filename, found["f"].media_type) == ("a.pdf", "application/pdf")
    assert [(each.filename, each.media_type) for each in found["more"]] == [(None, None)] * 2


def test_an_encoded_file_is_the_encoded_string(tmp_path: Path) -> None:
    """JSON Schema 2020-12, Validation §8.3: the value is the string, encoded."""
    encoded = {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"}
    document = taking(MULTIPART, {"type": "object", "properties": {"f": encoded}})
    request = sent(f"{MULTIPART}; boundary=B", parts({"f": b"iVBORw=="}))
    assert received(tmp_path, {**document, "openapi": "3.1.0"}, request) == {"f": "iVBORw=="}


@pytest.fixture(scope="module")
def upload(tmp_path_factory: pytest.TempPathFactory) -> tuple[Handler, list[dict[str, Any]]]:
    return serve(tmp_path_factory.mktemp("upload"), taking(MULTIPART, UPLOAD))


@given(data=st.binary(max_size=300))
def test_any_bytes_go_through_a_multipart_form(
    upload: tuple[Handler, list[dict[str, Any]]], data: bytes
) -> None:
    handler, seen = upload
    boundary = "a-boundary-that-no-sample-holds"
    body = parts({"n": b"1", "f": data}, boundary)
    assert handler(sent(f"{MULTIPART}; boundary={boundary}", body), None)["statusCode"] == 200
    assert seen[-1]["body"]["f"] == data


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (MULTIPART, parts({"n": b"5"})),
        (f"{MULTIPART}; boundary=B", parts({"n": b"5"})[:-8]),
        (f"{MULTIPART}; boundary=other", parts({"n": b"5"})),
        (f"{MULTIPART}; boundary=B", b""),
    ],
    ids=["no boundary", "cut short", "another boundary", "empty"],
)
def test_a_broken_multipart_form_is_refused(tmp_path: Path, content_type: str, body: bytes) -> None:
    ((place, detail),) = received(tmp_path, taking(MULTIPART, UPLOAD), sent(content_type, body))
    assert place == "#"
    assert detail


def test_a_text_is_decoded_by_its_charset(tmp_path: Path) -> None:
    contract = taking("text/plain", {"type": "string", "maxLength": 3})
    request = sent("text/plain; charset=iso-8859-1", b"\xe9t\xe9")
    assert received(tmp_path / "a", contract, request) == "été"
    handler, _ = serve(tmp_path / "b", contract)
    assert handler(sent("text/plain; charset=klingon", "x"), None)["statusCode"] == 415


# RFC 2781 §4.3: UTF-16BE and UTF-16LE have no byte order mark; UTF-16 without one is big-endian.
@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("utf-8", "ß€".encode()),
        ("UTF8", "ß€".encode()),
        ("utf-16be", "ß€".encode("utf-16-be")),
        ("UTF-16BE", "ß€".encode("utf-16-be")),
        ("utf-16le", "ß€".encode("utf-16-le")),
        ("utf-16", "ß€".encode("utf-16-be")),
        ("utf-16", b"\xfe\xff" + "ß€".encode("utf-16-be")),
        ("utf-16", b"\xff\xfe" + "ß€".encode("utf-16-le")),
        ("windows-1252", "ß€".encode("cp1252")),
    ],
)
def test_bodies_and_parts_are_decoded_by_the_same_charsets(
    tmp_path: Path, charset: str, body: bytes
) -> None:
    contract = taking("text/plain", {"type": "string"})
    request = sent(f"text/plain; charset={charset}", body)
    assert received(tmp_path / "a", contract, request) == "ß€"
    part = b'--B\r\nContent-Disposition: form-data; name="s"\r\nContent-Type: text/plain; charset='
    part += charset.encode() + b"\r\n\r\n" + body + b"\r\n--B--\r\n"
    form = {"type": "object", "properties": {"s": {"type": "string"}}}
    request = sent(f"{MULTIPART}; boundary=B", part)
    assert received(tmp_path / "b", taking(MULTIPART, form), request) == {"s": "ß€"}


@pytest.mark.parametrize("charset", ["klingon", "utf-7", "rot13", "idna", "zip", "../x", "\0", ""])
def test_other_charsets_are_refused(tmp_path: Path, charset: str) -> None:
    handler, _ = serve(tmp_path / "a", taking("text/plain", {"type": "string"}))
    request = sent(f'text/plain; charset="{charset}"', b"x")
    assert handler(request, None)["statusCode"] == (415 if charset else 200)
    part = b'--B\r\nContent-Disposition: form-data; name="s"\r\nContent-Type: text/plain; charset='
    part += b"utf-7\r\n\r\nx\r\n--B--\r\n"
    form = {"type": "object", "properties": {"s": {"type": "string"}}}
    handler, _ = serve(tmp_path / "b", taking(MULTIPART, form))
    answer = handler(sent(f"{MULTIPART}; boundary=B", part), None)
    assert (answer["statusCode"], "charset" in answer["body"]) == (415, True)


def test_binary_bodies_are_bytes_and_their_length_counts(tmp_path: Path) -> None:
    media_type = "application/octet-stream"
    contract = taking(media_type, {"type": "string", "format": "binary", "maxLength": 2})
    assert received(tmp_path / "a", contract, sent(media_type, b"\x00\xff")) == b"\x00\xff"
    ((place, _),) = received(tmp_path / "b", contract, sent(media_type, b"\x00\xff\x00"))
    assert place == "#"


def test_a_range_of_media_types_takes_each_of_them(tmp_path: Path) -> None:
    contract = taking("application/*", {"type": "object"})
    assert received(tmp_path, contract, sent("application/vnd.x+json", '{"a": 1}')) == {"a": 1}


PETS = {
    "Cat": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}},
    },
    "Dog": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}, "lives": {"type": "string"}},
    },
}
PET = {
    "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
    "discriminator": {
        "propertyName": "kind",
        "mapping": {"hound": "#/components/schemas/Dog"},
    },
}


@pytest.mark.parametrize("openapi", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        # Both schemas admit it; only the name tells them apart.
        ({"kind": "Cat"}, 200),
        ({"kind": "hound", "lives": "x"}, 200),
        ({"kind": "Dog", "lives": "x"}, 200),
        ({"kind": "Dog", "lives": 1}, 400),
        ({"kind": "Bird"}, 400),
        ({}, 400),
    ],
)
def test_a_discriminator_chooses_the_schema(
    tmp_path: Path, openapi: str, body: Any, status: int
) -> None:
    content = {"application/json": {"schema": PET}}
    contract = contract_of(
        method="post", openapi=openapi, schemas=PETS, requestBody={"content": content}
    )
    handler, _ = serve(tmp_path, contract)
    request = sent("application/json", json.dumps(body))
    assert handler(request, None)["statusCode"] == status


@pytest.mark.parametrize("openapi", ["3.0.3", "3.1.0"])
def test_a_read_only_property_is_neither_taken_nor_asked_for(tmp_path: Path, openapi: str) -> None:
    properties = {"id": {"type": "string", "readOnly": True}, "n": {"type": "string"}}
    thing = {"type": "object", "required": ["id", "n"], "properties": properties}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    contract = contract_of(
        method="post", openapi=openapi, schemas={"Thing": thing}, requestBody={"content": content}
    )
    handler, _ = serve(tmp_path, contract)
    assert handler(sent("application/json", '{"n": "x"}'), None)["statusCode"] == 200
    assert handler(sent("application/json", '{"n": "x", "id": "1"}'), None)["statusCode"] == 400


@pytest.mark.parametrize("beside", [False, True], ids=["in one schema", "beside a reference"])
def test_no_member_that_is_sent_asks_for_a_read_only_one(tmp_path: Path, beside: bool) -> None:
    properties = {"id": {"type": "string", "readOnly": True}}
    needs = {"type": "object", "dependentRequired": {"n": ["id", "m"]}}
    needs |= {"if": {"required": ["n"]}, "then": {"required": ["id"]}}
    reference = {"$ref": "#/components/schemas/Needs"}
    schema = {"properties": properties, **(reference if beside else needs)}
    contract = contract_of(
        method="post",
        openapi="3.1.0",
        schemas={"Needs": needs},
        requestBody={"content": {"application/json": {"schema": schema}}},
    )
    handler, _ = serve(tmp_path, contract)
    assert handler(sent("application/json", '{"n": 1, "m": 1}'), None)["statusCode"] == 200
    assert handler(sent("application/json", '{"n": 1}'), None)["statusCode"] == 400


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", 0.1),
        ("0.0", 0.0),
        ("100e-2", 1.0),
        ("12345678901234567890123", 12345678901234567890123),
        ("1.10000000000000000000001", Decimal("1.10000000000000000000001")),
    ],
)
def test_a_number_comes_and_goes_without_loss(tmp_path: Path, text: str, value: Any) -> None:
    content: dict[str, Any] = {"application/json": {"schema": {}}}
    contract = contract_of(method="post", requestBody={"content": content})
    handler, seen = serve(tmp_path, contract, lambda body: {"back": body})
    answer = handler(sent("application/json", text), None)
    assert (type(seen[-1]["body"]), seen[-1]["body"]) == (type(value), value)
    assert json.loads(answer["body"], parse_float=Decimal)["back"] == Decimal(text)


def test_a_number_too_small_for_a_double_is_refused(tmp_path: Path) -> None:
    content: dict[str, Any] = {"application/json": {"schema": {}}}
    contract = contract_of(method="post", requestBody={"content": content})
    handler, _ = serve(tmp_path, contract)
    assert handler(sent("application/json", "1e-400"), None)["statusCode"] == 400


ANSWERS = {
    "200": {
        "description": "",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "text/csv": {"schema": {"type": "string"}},
            "image/png": {},
        },
    }
}


@pytest.mark.parametrize(
    ("accept", "value", "media_type", "body"),
    [
        (None, {"a": 1}, "application/json", '{"a":1}'),
        ("text/csv;q=0.9, application/json;q=0.1", "a,b", "text/csv", "a,b"),
        ("image/*", b"\x89P", "image/png", base64.b64encode(b"\x89P").decode()),
        ("application/xml", {"a": 1}, "application/json", '{"a":1}'),
    ],
)
def test_the_client_chooses_among_the_media_types(
    tmp_path: Path, accept: str | None, value: Any, media_type: str, body: str
) -> None:
    handler, _ = serve(tmp_path, contract_of(responses=ANSWERS), lambda: value)
    answer = handler(event(headers={"Accept": accept} if accept else None), None)
    assert answer["multiValueHeaders"]["Content-Type"] == [media_type]
    assert (answer["statusCode"], answer["body"]) == (200, body)
    assert answer["isBase64Encoded"] is isinstance(value, bytes)


def test_head_has_the_headers_and_no_body(tmp_path: Path) -> None:
    contract = contract_of(method="head", responses=ANSWERS)
    handler, _ = serve(tmp_path, contract, lambda: Reply(headers={"ETag": '"x"'}))
    answer = handler(event(method="HEAD"), None)
    assert (answer["statusCode"], answer["body"]) == (200, "")
    assert answer["multiValueHeaders"]["ETag"] == ['"x"']


@pytest.mark.parametrize(("status", "sent_status"), [(202, 202), (404, 404), (301, 500)])
def test_a_status_is_declared_by_itself_or_by_its_range(
    tmp_path: Path, status: int, sent_status: int
) -> None:
    declared = {"description": "", "content": {"application/json": {"schema": {"type": "object"}}}}
    contract = contract_of(responses={"2XX": declared, "404": declared})
    handler, _ = serve(tmp_path, contract, lambda: Reply({}, status))
    assert handler(event(), None)["statusCode"] == sent_status


def test_nan_is_no_answer(tmp_path: Path) -> None:
    handler, _ = serve(tmp_path, contract_of(), lambda: {"a": float("nan")})
    assert handler(event(), None)["statusCode"] == 500


@pytest.mark.parametrize(
    ("schema", "status", "body"),
    [
        ({"type": "string", "nullable": True}, 200, "null"),
        ({}, 200, "null"),
        ({"type": "string"}, 500, None),
    ],
)
def test_none_is_json_null_where_the_contract_allows_it(
    tmp_path: Path, schema: dict[str, Any], status: int, body: str | None
) -> None:
    answers = {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}
    handler, _ = serve(tmp_path, contract_of(responses=answers), lambda: None)
    answer = handler(event(), None)
    assert answer["statusCode"] == status
    assert body is None or answer["body"] == body


@pytest.mark.parametrize(
    ("openapi", "text", "given"),
    [
        ("3.1.0", "[1.0, -2e3, 0.5, 1e300]", [1, -2000, 0.5, 1e300]),
        ("3.0.3", "[1.0, -2e3, 0.5, 1e300]", [1.0, -2000.0, 0.5, 1e300]),
    ],
)
def test_a_whole_number_of_openapi_3_1_is_an_integer_however_it_is_spelled(
    tmp_path: Path, openapi: str, text: str, given: list[Any]
) -> None:
    """JSON Schema 2020-12 Core §4.2.3; 3.0 stands on draft 4, where 1.0 is no integer."""
    schema = {"type": "array", "items": {"type": "number"}}
    document = {**taking("application/json", schema), "openapi": openapi}
    handler, seen = serve(tmp_path, document)
    handler(sent("application/json", text), None)
    assert seen[-1]["body"] == given
    assert list(map(type, seen[-1]["body"])) == list(map(type, given))
