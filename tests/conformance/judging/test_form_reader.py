"""Forms are judged as JSON bodies are."""

from __future__ import annotations

import pytest

from mutants.services import contract_of
from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.run import Expectation, Options

URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def setups() -> dict[str, Setup]:
    return {
        name: Setup.of(contract_of(name), Options("http://127.0.0.1/prod"))
        for name in ("catalog", "documents")
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"colour=red&price=1000", Expectation.ALLOWED),
        (b"price=0&colour=blue", Expectation.ALLOWED),
        (b"colour=red&price=1001", Expectation.FORBIDDEN),
        (b"colour=pink&price=1", Expectation.FORBIDDEN),
        (b"colour=red", Expectation.FORBIDDEN),
        (b"colour=red&price=1&size=2", Expectation.FORBIDDEN),
        (b"colour=red&price=cheap", Expectation.FORBIDDEN),
        (b"colour=%FF&price=1", Expectation.FORBIDDEN),
    ],
)
def test_a_urlencoded_form_is_held_against_its_schema(
    setups: dict[str, Setup], body: bytes, expected: Expectation
) -> None:
    request = Request("POST", "/products", (("Content-Type", URLENCODED),), body)
    assert setups["catalog"].readers["addProduct"].expectation(request) is expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"title": "a", "file": "any bytes"}, Expectation.ALLOWED),
        ({"title": "a", "file": "", "pages": 999}, Expectation.ALLOWED),
        ({"title": "a", "file": "", "pages": 1000}, Expectation.FORBIDDEN),
        ({"title": "a" * 41, "file": ""}, Expectation.FORBIDDEN),
        ({"title": "a"}, Expectation.FORBIDDEN),
    ],
)
def test_a_multipart_form_is_held_against_its_schema(
    setups: dict[str, Setup], members: dict[str, object], expected: Expectation
) -> None:
    setup = setups["documents"]
    operation = setup.operations["uploadDocument"]
    request = setup.builder.request(operation, body=members, media_type="multipart/form-data")
    assert setup.readers["uploadDocument"].expectation(request) is expected


def test_a_body_that_is_no_form_is_forbidden(setups: dict[str, Setup]) -> None:
    headers = (("Content-Type", "multipart/form-data; boundary=x"),)
    request = Request("POST", "/documents", headers, b"no parts")
    reader = setups["documents"].readers["uploadDocument"]
    assert reader.expectation(request) is Expectation.FORBIDDEN
