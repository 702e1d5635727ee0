"""No event makes an exception leave the handler, or an answer leave the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from raw_events.apis import CONTRACT
from raw_events.serving import OWN_STATUSES, RawEvents
from support.faults.declared_answers import DeclaredAnswers


def test_every_event_gets_an_answer_of_the_contract(tmp_path: Path) -> None:
    tally = RawEvents(tmp_path, seed=21, generated=5).run(1000)
    assert not tally.wrong, tally.wrong[0]
    assert {200, 400, 404, 415, 500} <= tally.statuses.keys()


def test_the_same_seed_gives_the_same_events(tmp_path: Path) -> None:
    first, second = (
        RawEvents(tmp_path / name, seed=2, generated=1).run(100).statuses for name in "ab"
    )
    assert first == second


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": "200"},
        {"multiValueHeaders": {"Content-Type": ["application/json"], "X": ["a\r\nb"]}},
        {"multiValueHeaders": {"Content-Type": ["text/plain"]}},
        {"body": "[]"},
        {"body": "\ud800"},
        {"multiValueHeaders": {"Content-Type": ["application/json"], "X-Count": ["many"]}},
        {"statusCode": 418},
    ],
)
def test_an_answer_outside_the_contract_is_seen(answer: dict[str, Any]) -> None:
    good = {
        "statusCode": 200,
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "body": "{}",
        "isBase64Encoded": False,
    }
    judge = DeclaredAnswers(yaml.safe_load(CONTRACT), OWN_STATUSES)
    assert judge.complaint("GET", "/plain", good) is None
    assert judge.complaint("GET", "/plain", good | answer) is not None
