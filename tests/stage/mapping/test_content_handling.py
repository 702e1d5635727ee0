"""The two tables of AWS's page api-gateway-payload-encodings-workflow."""

import base64
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.stage.api.rest_api import Integration
from openapi_first.stage.mapping.content_handling import request_payload, response_payload
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.response import StageResponse

TEXT = b"aGVsbG8="
DECODED = b"hello"
ENCODED = base64.b64encode(TEXT)
TO_TEXT, TO_BINARY = "CONVERT_TO_TEXT", "CONVERT_TO_BINARY"
PNG = ("image/png",)


@dataclass
class Request:
    """What a conversion reads of a request."""

    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    binary_media_types: tuple[str, ...] = ()
    handling: str = ""
    sent: StageRequest = field(init=False)
    integration: Integration = field(init=False)

    def __post_init__(self):
        self.sent = StageRequest("POST", "/", "", self.headers, self.body, "127.0.0.1")
        self.integration = Integration("http", content_handling=self.handling)


@pytest.mark.parametrize(
    ("kind", "types", "handling", "payload"),
    [
        ("text/plain", (), "", TEXT),
        ("image/png", (), TO_BINARY, DECODED),
        ("image/png", (), TO_TEXT, TEXT),
        ("text/plain", PNG, "", TEXT),
        ("text/plain", PNG, TO_BINARY, DECODED),
        ("text/plain", PNG, TO_TEXT, TEXT),
        ("image/png", PNG, "", TEXT),
        ("image/png", PNG, TO_BINARY, TEXT),
        ("image/png", PNG, TO_TEXT, ENCODED),
    ],
)
@pytest.mark.fact("F11/9/14")
def test_a_request_body_is_converted_as_the_table_says(kind, types, handling, payload):
    request = Request(TEXT, (("Content-Type", kind),), types, handling)
    assert request_payload(request) == payload


@pytest.mark.parametrize(
    ("kind", "accept", "types", "handling", "payload"),
    [
        ("image/png", "text/plain", (), "", TEXT),
        ("image/png", "text/plain", (), TO_BINARY, DECODED),
        ("image/png", "text/plain", (), TO_TEXT, TEXT),
        ("text/plain", "text/plain", PNG, "", TEXT),
        ("text/plain", "text/plain", PNG, TO_BINARY, DECODED),
        ("text/plain", "text/plain", PNG, TO_TEXT, TEXT),
        ("text/plain", "image/png, */*", PNG, "", DECODED),
        ("text/plain", "image/png", PNG, TO_BINARY, DECODED),
        ("text/plain", "image/png", PNG, TO_TEXT, TEXT),
        ("image/png", "text/plain", PNG, "", ENCODED),
        ("image/png", "text/plain", PNG, TO_BINARY, TEXT),
        ("image/png", "text/plain", PNG, TO_TEXT, ENCODED),
        ("image/png", "image/png", PNG, "", TEXT),
        ("image/png", "image/png", PNG, TO_BINARY, TEXT),
        ("image/png", "image/png", PNG, TO_TEXT, ENCODED),
    ],
)
@pytest.mark.fact("F11/9/14")
def test_a_response_body_is_converted_as_the_table_says(kind, accept, types, handling, payload):
    request = Request(b"", (("Accept", accept),), types)
    response = StageResponse(200, (("Content-Type", kind),), TEXT, "http")
    assert response_payload(request, response, handling) == payload


@given(st.binary(max_size=64))
def test_what_becomes_text_and_binary_again_is_the_same(body):
    sent = Request(body, (("Content-Type", "image/png"),), PNG, TO_TEXT)
    text = request_payload(sent)
    assert text.isascii()
    assert request_payload(Request(text, (), (), TO_BINARY)) == body


@pytest.mark.parametrize("body", [b"a", b"aGVsbG8", b"aGVs bG8=", "é".encode(), b"\xff"])
def test_text_that_is_not_base64_cannot_become_binary(body):
    with pytest.raises(GatewayError) as caught:
        request_payload(Request(body, (), (), TO_BINARY))
    assert caught.value.status == 500
