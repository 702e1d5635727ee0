"""A run that only reads, against a stage in production."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from openapi_first.cli.main import main
from openapi_first.conformance.model.errors import CannotJudge
from openapi_first.conformance.model.run import Options, Phase, Run
from openapi_first.conformance.session import plan, replay
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract
from support.relay import Answer, relaying
from support.serving import KEY


def run(contract: Contract, url: str, **options: object) -> Run:
    return replay(contract, Options(url, api_key=KEY, read_only=True, **options))  # type: ignore[arg-type]


def test_it_sends_safe_methods_only_and_nothing_that_the_stage_refuses(
    contract: Contract, stage: str
) -> None:
    refused = []

    def watch(answer: Answer) -> None:
        if answer.status >= 400 and answer.status != 404:
            refused.append((answer.method, answer.path, answer.status))

    with relaying(stage) as relay:
        relay.change = watch
        found = run(contract, relay.url)
    assert {method for method, _ in relay.seen} == {"GET"}
    assert refused == []
    assert found.findings == ()
    assert found.not_judged == ()
    assert len(relay.seen) <= plan(contract, Options(stage, read_only=True)).total
    assert "read-only: 3 operations that may write are not called" in found.notes


def test_a_wrong_answer_is_found_but_not_that_an_example_is_absent(
    contract: Contract, stage: str
) -> None:
    def change(answer: Answer) -> None:
        if answer.status == 200:
            answer.body = b'{"items": 5}'

    with relaying(stage) as relay:
        relay.change = change
        found = run(contract, relay.url)
    assert {finding.promise.operation for finding in found.findings} == {"listItems"}
    assert found.requests == len(relay.seen), "a finding is not made smaller with more requests"


def test_a_wrong_key_is_said_before_anything_is_judged(contract: Contract, stage: str) -> None:
    with pytest.raises(CannotJudge, match="the API key is refused"):
        replay(contract, Options(stage, api_key="not-the-key-of-the-stage", read_only=True))


def test_a_quota_that_is_too_small_for_all_requests_is_not_touched(
    contract: Contract, stage: str
) -> None:
    with relaying(stage) as relay, pytest.raises(CannotJudge, match="only 3 are left"):
        run(contract, relay.url, quota=3)
    assert relay.seen == []


def test_an_operation_without_an_example_gets_one_plain_request(tmp_path: Path) -> None:
    found = plan(load(small(tmp_path)), Options("http://127.0.0.1/prod", read_only=True))
    sent = [(case.operation, case.request.method, case.request.target) for case in found.cases]
    assert sent == [("readNote", "GET", "/notes/7?depth=1"), ("peek", "HEAD", "/notes")]


def test_no_other_phase_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    for more in (["--phase", "boundary"], ["--allow-destructive"]):
        assert main(["test", "http://127.0.0.1:9/prod", "--read-only", *more]) == 2
        assert "--read-only excludes" in capsys.readouterr().err
    assert Options("http://x/prod", read_only=True).chosen_phases == {Phase.EXAMPLE}


def small(folder: Path) -> Path:
    """A contract whose examples are of one reading operation."""
    parameter = {"name": "note", "in": "path", "required": True}
    depth = {"name": "depth", "in": "query", "required": True}
    integer = {"type": "integer", "enum": [1]}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "notes", "version": "1"},
        "paths": {
            "/notes/{note}": {
                "parameters": [{**parameter, "schema": {"type": "integer"}, "example": 7}],
                "get": {
                    "operationId": "readNote",
                    "parameters": [{**depth, "schema": integer}],
                    "responses": {"200": {"description": "the note"}},
                },
                "delete": {
                    "operationId": "removeNote",
                    "responses": {"204": {"description": "gone"}},
                },
            },
            "/notes": {
                "head": {"operationId": "peek", "responses": {"204": {"description": "some"}}},
                "post": {"operationId": "addNote", "responses": {"201": {"description": "made"}}},
            },
        },
    }
    path = folder / "openapi.yaml"
    path.write_text(yaml.safe_dump(json.loads(json.dumps(document)), sort_keys=False))
    return path
