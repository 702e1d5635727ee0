"""Another contract and another service go through compiler, gateway, stage and Lambda as they
are: the engine knows neither items nor their store."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.judging import Judge
from support.serving import KEY, serving

SHIPPING = Path(__file__).parent / "shipping"


@pytest.fixture(scope="module")
def api() -> Iterator[Judge]:
    with serving(SHIPPING, handler="shipping.handler.handler") as server:
        judge = Judge(SHIPPING / "openapi.yaml", server.base_url, None)
        yield judge
        judge.close()


def test_a_body_is_validated_and_answered(api: Judge) -> None:
    answer = api("POST", "/quotes", {"grams": 2400, "to": "PT", "insured": None})
    assert answer.json() == {"price": 5.5, "currency": "EUR"}
    assert api("POST", "/quotes", {"grams": 2400, "to": "PT", "part_of": {}}).status_code == 400
    assert api("POST", "/quotes", {"grams": 1, "to": "AQ"}).status_code == 422


def test_a_response_that_breaks_the_contract_does_not_leave_the_lambda(api: Judge) -> None:
    assert api("POST", "/quotes", {"grams": 1, "to": "XX"}).status_code == 500


def test_arrays_and_booleans_come_from_the_query(api: Judge) -> None:
    assert api("GET", "/carriers?country=DE").json() == ["hare", "snail"]
    assert api("GET", "/carriers?country=DE&country=PT").json() == ["snail"]
    assert api("GET", "/carriers?country=DE&tracked=true").json() == ["hare"]
    assert api("GET", "/carriers?country=DE&tracked=yes").status_code == 400
    assert api("GET", "/carriers?country=de").json()["errors"][0]["parameter"] == "country"
    assert api("GET", "/carriers").status_code == 400


def test_the_key_is_asked_for_where_the_contract_asks(api: Judge) -> None:
    label = {"street": "Main Street 1"}
    assert api("PUT", "/labels/7", label).status_code == 403
    answer = api("PUT", "/labels/7", label, key=KEY)
    assert (answer.status_code, answer.headers["X-Printed"]) == (204, "7")
    assert api("PUT", "/labels/0", label, key=KEY).status_code == 400
    assert api("PUT", "/labels/7", {**label, "box": 1}, key=KEY).status_code == 400


def test_the_import_document_is_rendered_from_it() -> None:
    command = [sys.executable, "-m", "openapi_first", "gateway", SHIPPING / "openapi.yaml"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    document = json.loads(done.stdout)
    assert set(document["paths"]) == {"/quotes", "/carriers", "/labels/{number}"}
    assert "Parcel" in document["components"]["schemas"]
