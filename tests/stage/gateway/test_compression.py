"""Compressed requests and responses, over a socket."""

import gzip
import json
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.aws.quotas import PAYLOAD_BYTES
from openapi_first.stage.gateway.compression import preferred_coding

SCHEMA = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
JSON = ("Content-Type", "application/json")
TEXT = json.dumps({"name": "Jürgen"}).encode()
ENCODED = {
    "gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "GZIP": gzip.compress(TEXT),
    "deflate, gzip": gzip.compress(zlib.compress(TEXT)),
    "identity": TEXT,
}


@pytest.mark.parametrize("coding", ENCODED)
@pytest.mark.fact("F11/1")
def test_a_compressed_body_is_decoded_before_it_is_validated(run, documents, coding):
    stage = run(documents.validated(schema=SCHEMA))
    reply = stage.post("/prod/items", ENCODED[coding], JSON, ("Content-Encoding", coding))
    assert reply.status == 200
    event = stage.function.event
    assert (event["body"], event["isBase64Encoded"]) == (TEXT.decode(), False)
    assert event["headers"]["Content-Encoding"] == coding


@pytest.mark.fact("F11/1")
def test_a_decoded_body_that_does_not_match_its_model_is_refused(run, documents):
    stage = run(documents.validated(schema=SCHEMA))
    reply = stage.post("/prod/items", gzip.compress(b"{}"), JSON, ("Content-Encoding", "gzip"))
    assert (reply.status, reply.json()["message"]) == (400, "Invalid request body")


@pytest.mark.fact("F11/1/1")
@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", b"whatever"),
        ("compress", b"\x1f\x9d"),
        ("gzip, br", gzip.compress(TEXT)),
        ("gzip", TEXT),
        ("gzip", gzip.compress(TEXT)[:-4]),
        ("gzip", gzip.compress(TEXT) + b"rest"),
        ("deflate", gzip.compress(TEXT)),
    ],
    ids=["br", "compress", "gzip and br", "plain", "cut", "longer", "gzip as deflate"],
)
def test_another_coding_and_a_broken_body_are_a_415(run, documents, coding, body):
    stage = run(documents.one(method="post"))
    reply = stage.post("/prod/items", body, ("Content-Encoding", coding))
    assert (reply.status, reply.json()) == (415, {"message": "Unsupported Media Type"})
    assert stage.function.events == []
    assert stage.log[0].answered_by == "UNSUPPORTED_MEDIA_TYPE"
    assert stage.post("/prod/items", TEXT).status == 200


def test_a_coding_without_a_body_is_passed_on(run, documents):
    stage = run(documents.one())
    assert stage.get("/prod/items", ("Content-Encoding", "deflate")).status == 200
    assert stage.function.event["headers"]["Content-Encoding"] == "deflate"


@pytest.mark.fact("F11/1/2")
def test_a_body_that_becomes_too_large_is_a_413_and_is_never_held(run, documents):
    stage = run(documents.one(method="post"))
    packed = zlib.compressobj(1, zlib.DEFLATED, 31)
    zeros = bytes(1 << 20)
    bomb = b"".join(packed.compress(zeros) for _ in range(100)) + packed.flush()
    tracemalloc.start()
    reply = stage.post("/prod/items", bomb, ("Content-Encoding", "gzip"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reply.status == 413
    assert stage.function.events == []
    assert peak < 5 * PAYLOAD_BYTES.limit


def test_a_binary_body_is_decoded_too(run, documents):
    document = documents.one(method="post")
    document["x-amazon-apigateway-binary-media-types"] = ["image/png"]
    stage = run(document)
    body = gzip.compress(b"\x89PNG")
    stage.post("/prod/items", body, ("Content-Type", "image/png"), ("Content-Encoding", "gzip"))
    assert (stage.function.event["body"], stage.function.event["isBase64Encoded"]) == (
        "iVBORw==",
        True,
    )


@pytest.fixture
def compressing(run, documents, fake):
    def start(minimum=0, reply=None, binary=()):
        document = documents.one()
        document["x-amazon-apigateway-minimum-compression-size"] = minimum
        document["x-amazon-apigateway-binary-media-types"] = list(binary)
        return run(document, invoker=fake(reply or {"body": "x" * 1000}))

    return start


@pytest.mark.parametrize(
    ("accepted", "decode"), [("gzip", gzip.decompress), ("deflate", zlib.decompress)]
)
@pytest.mark.fact("F11/2")
def test_a_response_is_compressed_as_the_client_asks(compressing, accepted, decode):
    reply = compressing().get("/prod/items", ("Accept-Encoding", accepted))
    assert reply.one("Content-Encoding") == accepted
    assert reply.one("Content-Length") == str(len(reply.body))
    assert len(reply.body) < 100
    assert decode(reply.body) == b"x" * 1000


@pytest.mark.parametrize(("minimum", "coding"), [(1000, "gzip"), (1001, None), (0, "gzip")])
@pytest.mark.fact("F11/2")
def test_only_a_response_of_the_minimum_size_is_compressed(compressing, minimum, coding):
    reply = compressing(minimum).get("/prod/items", ("Accept-Encoding", "gzip"))
    assert reply.one("Content-Encoding") == coding


@pytest.mark.parametrize("status", [204, 304])
def test_a_response_that_has_no_body_has_no_coding(compressing, status):
    stage = compressing(reply={"statusCode": status, "body": "x" * 1000})
    reply = stage.get("/prod/items", ("Accept-Encoding", "gzip"))
    assert (reply.status, reply.body, reply.one("Content-Encoding")) == (status, b"", None)


@pytest.mark.fact("F11/2")
def test_an_encoded_response_and_one_nobody_asked_for_stay_as_they_are(compressing):
    encoded = {"body": "abc", "headers": {"Content-Encoding": "br"}}
    stage = compressing(reply=encoded)
    reply = stage.get("/prod/items", ("Accept-Encoding", "gzip"))
    assert (reply.one("Content-Encoding"), reply.body) == ("br", b"abc")
    assert compressing().get("/prod/items").one("Content-Encoding") is None


def test_a_binary_response_is_compressed_and_one_of_the_gateways_own_is_not(compressing):
    binary = {"body": "AAECAw==", "isBase64Encoded": True}
    stage = compressing(reply=binary, binary=["*/*"])
    asked = ("Accept-Encoding", "gzip")
    assert gzip.decompress(stage.get("/prod/items", asked).body) == b"\x00\x01\x02\x03"
    assert stage.get("/prod/none", asked).one("Content-Encoding") is None


def test_without_a_minimum_size_nothing_is_compressed(run, documents):
    stage = run(documents.one())
    reply = stage.get("/prod/items", ("Accept-Encoding", "gzip"))
    assert reply.one("Content-Encoding") is None


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("deflate,gzip", "deflate"),
        ("", None),
        ("*", None),
        ("deflate;q=0.5,gzip;q=1.0", "gzip"),
        ("gzip;q=1.0,identity;q=0.5,*;q=0", "gzip"),
        ("gzip, deflate, br", "gzip"),
        ("br, gzip", "gzip"),
        ("br;q=1, gzip;q=0.9", None),
        ("identity, gzip;q=0.5", None),
        ("gzip;q=0", None),
        ("gzip;q=zero, deflate", "deflate"),
        ("gzip;q=2, deflate;q=0.1", "deflate"),
        (" GZIP ; q=0.3 ", "gzip"),
        ("identity;q=0", None),
    ],
)
@pytest.mark.fact("F11/2/1")
def test_the_coding_of_the_highest_priority_is_taken(header, coding):
    assert preferred_coding(header) == coding


@given(st.text("gzipdeflate;q=01.,* brx-", max_size=60))
def test_any_header_names_a_coding_of_its_own_or_none(header):
    coding = preferred_coding(header)
    assert coding is None or coding in header
