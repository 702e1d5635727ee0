"""Which credentials requests carry, where, and what reports show instead."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.conformance.cases.gateway_cases import key_cases
from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.http.placeholders import filled_in, shell_quoted
from openapi_first.conformance.model.given_credentials import Credential
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.run import Options
from openapi_first.conformance.requests.credentials import Credentials
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract

_SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "session": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "token": {"type": "http", "scheme": "bearer"},
    "login": {"type": "http", "scheme": "Basic"},
}


def _contract(folder: Path, security: list[dict[str, list[str]]]) -> Contract:
    answers = {"200": {"description": ""}}
    call: dict[str, Any] = {"operationId": "call", "security": security, "responses": answers}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": call}},
        "components": {"securitySchemes": _SCHEMES},
    }
    (folder / "openapi.yaml").write_text(json.dumps(document))
    return load(folder / "openapi.yaml")


def _given(*schemes: str) -> list[Credential]:
    return [Credential(name, name.upper(), f"the {name}") for name in schemes]


@pytest.mark.parametrize(
    ("security", "given", "target", "headers"),
    [
        ([{"key": []}], (), "/a", (("X-Api-Key", "$API_KEY"),)),
        ([{"key": []}], ("key",), "/a", (("X-Api-Key", "$KEY"),)),
        ([{"query": []}], ("query",), "/a?key=$QUERY", ()),
        ([{"session": []}], ("session",), "/a", (("Cookie", "sid=$SESSION"),)),
        ([{"token": []}], (), "/a", (("Authorization", "Bearer $API_KEY"),)),
        ([{"login": []}], ("login",), "/a", (("Authorization", "Basic $LOGIN"),)),
        (
            [{"key": [], "token": []}],
            ("token",),
            "/a",
            (("X-Api-Key", "$API_KEY"), ("Authorization", "Bearer $TOKEN")),
        ),
        # Of several requirements, the one whose credentials are there.
        ([{"key": []}, {"token": []}], ("token",), "/a", (("Authorization", "Bearer $TOKEN"),)),
        ([{"key": []}, {"token": []}], (), "/a", (("X-Api-Key", "$API_KEY"),)),
        ([], (), "/a", ()),
    ],
)
def test_a_request_carries_what_its_requirement_wants(
    tmp_path: Path,
    security: list[dict[str, list[str]]],
    given: tuple[str, ...],
    target: str,
    headers: tuple[tuple[str, str], ...],
) -> None:
    contract = _contract(tmp_path, security)
    credentials = Credentials(contract, _given(*given))
    request = credentials.add_to(Request("GET", "/a"), contract.operations[0])
    assert (request.target, request.headers) == (target, headers)


@pytest.mark.parametrize(
    ("security", "titles"),
    [
        ([], ["no key"]),
        ([{"key": []}], ["no key", "a wrong key"]),
        (
            [{"key": [], "token": []}],
            ["no key", "a wrong key", "no key", "a wrong key", "no token", "a wrong token"],
        ),
        # The token alone would do, so the key may be left out.
        (
            [{"key": [], "token": []}, {"token": []}],
            ["no key", "a wrong key", "no token", "a wrong token"],
        ),
        ([{"key": []}, {}], ["no key"]),
    ],
)
def test_each_credential_is_left_out_and_made_up_where_it_is_needed(
    tmp_path: Path, security: list[dict[str, list[str]]], titles: list[str]
) -> None:
    contract = _contract(tmp_path, security)
    setup = Setup.of(contract, Options("http://127.0.0.1/prod"))
    cases = list(key_cases(setup, contract.operations[0]))
    assert [case.title for _, case in cases] == titles
    requests = [case.request for _, case in cases]
    assert len(set(requests)) == len(requests)


def test_a_placeholder_is_no_part_of_a_longer_name() -> None:
    values = {"$TOKEN": "a", "$TOKEN_2": "b"}
    assert (
        filled_in("$TOKEN $TOKEN_2 $TOKEN_3 $TOKENS $OTHER", values)
        == "a b $TOKEN_3 $TOKENS $OTHER"
    )
    assert filled_in("$TOKEN", {}) == "$TOKEN"


_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126))


@given(st.lists(st.one_of(_TEXT, st.sampled_from(["$API_KEY", "$TOKEN"])), max_size=5))
def test_a_shell_reads_a_quoted_word_as_the_client_does(parts: list[str]) -> None:
    values = {"$API_KEY": "one two", "$TOKEN": "`x`"}
    text = "".join(parts)
    environment = {**os.environ, **{name[1:]: value for name, value in values.items()}}
    done = subprocess.run(
        ["/bin/sh", "-c", f"printf %s {shell_quoted(text, values)}"],
        env=environment,
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode() == filled_in(text, values)


def test_no_credential_shows_in_the_representation_of_what_holds_it() -> None:
    assert "the token" not in repr(_given("token"))
