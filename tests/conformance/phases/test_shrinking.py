"""Of a request that shows a finding, little is left besides what shows it."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.cases.smaller_requests import simpler, smaller, smallest
from openapi_first.conformance.http.client import Client
from openapi_first.conformance.judging.ledger import Ledger
from openapi_first.conformance.judging.promises import promises
from openapi_first.conformance.judging.unjudged import Unjudged
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.run import Options, Phase, Run, SilentListener
from openapi_first.conformance.phases.cleanup import clean_up
from openapi_first.conformance.phases.conversation import Conversation
from openapi_first.conformance.phases.generated import GeneratedPhase
from openapi_first.conformance.phases.shrinking import shrink_phase
from openapi_first.conformance.phases.steps import Steps
from openapi_first.conformance.session import replay
from openapi_first.openapi.model import Contract
from support.relay import Answer, relaying
from support.serving import KEY

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=8,
)  # fmt: skip


def _request(body: Any) -> Request:
    headers = (("Content-Type", "application/json"), ("x-api-key", "$API_KEY"), ("Extra", "b"))
    return Request("POST", "/a/b?limit=10&key=$KEY&x=%41", headers, json.dumps(body).encode())


def _size(value: Any) -> tuple[float, ...]:
    text = json.dumps(value)
    plain = sum(letter != "0" for letter in text)
    return (len(text), plain, abs(value) if isinstance(value, int | float) else 0)


@given(_JSON)
def test_a_simpler_value_is_of_the_same_type_and_another_one(value: Any) -> None:
    for one in simpler(value):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        assert isinstance(one, int | float) if number else type(one) is type(value)
        assert json.dumps(one) != json.dumps(value)


@given(_JSON)
def test_making_smaller_comes_to_an_end_where_nothing_smaller_shows_it(value: Any) -> None:
    def shows(request: Request) -> bool:
        return b"1" in (request.body or b"") or b"a" in (request.body or b"")

    request = _request(value)
    if shows(request):
        least = smallest(request, shows, 5000)
        assert shows(least)
        assert not any(shows(each) for each in smaller(least))


@given(_JSON)
def test_credentials_and_the_media_type_stay(value: Any) -> None:
    for each in smaller(_request(value)):
        assert each.header("x-api-key") == "$API_KEY"
        assert each.header("Content-Type") == "application/json"
        assert "key=$KEY" in each.target
        assert each.target.startswith("/")
    least = smallest(_request(value), lambda request: True, 5000)
    assert least.header("Extra") is None
    assert least.target.endswith("?key=$KEY")


def test_no_more_is_asked_than_was_allowed() -> None:
    asked: list[Request] = []

    def shows(request: Request) -> bool:
        asked.append(request)
        return False

    smallest(_request({"a": "x" * 1000}), shows, 7)
    assert len(asked) == 7


def test_what_is_not_json_is_halved() -> None:
    request = Request("POST", "/a", (), b"\xff" * 64 + b"!")
    assert smallest(request, lambda each: b"!" in (each.body or b""), 99).body == b"!"


@pytest.fixture
def examples(everything: bool) -> int:
    return 60 if everything else 20


def _run(contract: Contract, url: str, examples: int, **options: Any) -> Run:
    phases = frozenset({Phase.GENERATED})
    return replay(contract, Options(url, KEY, phases=phases, max_examples=examples, **options))


def _foreign_names_fail(answer: Answer) -> None:
    """A service that fails on names of letters beyond ASCII."""
    created = answer.method == "POST" and answer.status == 201
    if created and not json.loads(answer.body)["name"].isascii():
        answer.status, answer.body = 500, b"{}"


@pytest.mark.parametrize("fail_fast", [False, True])
def test_a_finding_of_generated_data_shows_the_smallest_request(
    contract: Contract, stage: str, examples: int, fail_fast: bool
) -> None:
    with relaying(stage) as relay:
        relay.change = _foreign_names_fail
        found = _run(contract, relay.url, examples, fail_fast=fail_fast)
        sent = len(relay.seen)
    findings = [each for each in found.findings if each.promise.check == "server-error"]
    assert findings
    request = findings[0].exchange.case.request
    body = json.loads(request.body or b"")
    assert body.keys() == {"name"}
    assert len(body["name"]) == 1
    assert not body["name"].isascii()
    assert {name.lower() for name, _ in request.headers} == {"x-api-key", "content-type"}
    assert findings[0].exchange.case.title.endswith(", made smaller")
    assert body["name"] in findings[0].curl
    assert sent == found.requests


def test_making_smaller_leaves_enough_to_remove_what_it_has_created(
    contract: Contract, stage: str, examples: int
) -> None:
    def change(answer: Answer) -> None:
        created = answer.method == "POST" and answer.status == 201
        if created and not json.loads(answer.body)["name"].isascii():
            answer.status = 202

    with relaying(stage) as relay:
        relay.change = change
        options = Options(relay.url, KEY, max_examples=examples)
        setup, listener = Setup.of(contract, options), SilentListener()
        client = Client(options, listener.noted)
        unjudged = Unjudged(options.secrets)
        ledger = Ledger(promises(contract), listener.found, pytest.fail, fail_fast=False)
        conversation = Conversation(setup, client, ledger, unjudged, listener)
        steps = Steps(setup, conversation)
        generated = GeneratedPhase(steps, time.monotonic() + 60)
        generated.run()
        before = conversation.sent
        total = before + len(conversation.created) + 9
        shrink_phase(steps, generated.requests, total)
        after, left = conversation.sent, len(conversation.created)
        clean_up(steps)
        client.close()
        assert before < after
        assert after + left <= total
        assert len(relay.seen) <= total
        assert conversation.created == []


def test_a_finding_of_a_query_shows_the_smallest_part_of_it(
    contract: Contract, stage: str, examples: int
) -> None:
    def change(answer: Answer) -> None:
        if "limit=" in answer.path and answer.method == "GET" and answer.status == 200:
            answer.status, answer.body = 418, b"{}"

    with relaying(stage) as relay:
        relay.change = change
        found = _run(contract, relay.url, examples)
    (finding,) = [each for each in found.findings if each.promise.id == "listItems-status"]
    assert unquote(finding.exchange.case.request.target) == "/items?limit=1"
