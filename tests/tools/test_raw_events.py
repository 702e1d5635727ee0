"""No event makes an exception leave the handler, or an answer leave the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from raw_events import CONTRACT, RawEvents
from support.compiled import compiled_module


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> RawEvents:
    return RawEvents(compiled_module(tmp_path_factory.mktemp("raw"), CONTRACT), seed=21)


def test_every_event_gets_an_answer_of_the_contract(events: RawEvents) -> None:
    tally = events.run(1000)
    assert not tally.wrong, tally.wrong[0]
    assert {200, 400, 404, 415, 500} <= tally.statuses.keys()


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": "200"},
        {"multiValueHeaders": {"Content-Type": ["application/json"], "X": ["a\r\nb"]}},
        {"multiValueHeaders": {"Content-Type": ["text/plain"]}},
        {"body": "[]"},
        {"body": ""},
        {"statusCode": 418},
    ],
)
def test_an_answer_outside_the_contract_is_seen(
    events: RawEvents, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: dict[str, Any]
) -> None:
    good = {
        "statusCode": 200,
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "body": "{}",
    }
    sent = {"httpMethod": "GET", "resource": "/plain"}
    assert events._complaint(sent, good) is None
    assert events._complaint(sent, good | answer) is not None
