"""Data that a separate process generates."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest

from openapi_first.conformance.generation.separate import generating, separate_generator
from openapi_first.conformance.generation.task import (
    Generated,
    GenerationFailed,
    Route,
    Task,
    task_of,
)
from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Options, Phase
from openapi_first.openapi.loader import load

SWAGGER = """
swagger: "2.0"
info: {title: Notes, version: "1"}
paths:
  /notes:
    get:
      operationId: listNotes
      parameters: [{name: limit, in: query, type: integer, minimum: 1, maximum: 9}]
      responses: {"200": {description: ok}}
"""
NOTES = """
openapi: 3.0.3
info: {title: Notes, version: "1"}
paths:
  /notes:
    post:
      operationId: createNote
      requestBody:
        content: {application/json: {schema: {type: object, properties: {text: {type: string}}}}}
      responses:
        "201":
          description: ok
          content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}
          links: {read: {operationId: getNote, parameters: {id: $response.body#/id}}}
  /notes/{id}:
    get:
      operationId: getNote
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: ok}}
  /scan:
    put:
      operationId: uploadScan
      requestBody:
        required: true
        content: {application/pdf: {schema: {type: string, format: binary}}}
      responses: {"204": {description: ok}}
"""


def task(folder: Path, text: str = NOTES, count: int = 4) -> Task:
    (folder / "openapi.yaml").write_text(text)
    return task_of(load(folder / "openapi.yaml"), 0, count)


def generated(task: Task) -> list[Generated]:
    with separate_generator(task) as generator:
        return [each for _, each in generator.batches(math.inf)]


def test_the_same_seed_gives_the_same_requests_also_of_a_document_that_was_converted(
    tmp_path: Path,
) -> None:
    wanted = task(tmp_path, SWAGGER)
    found = generated(wanted)
    assert found == generated(wanted)
    assert [each.reasons for each in found] == [(), ()]
    assert any("limit=" in each.target for each in found[0].requests)


def test_a_file_is_generated_and_a_sequence_continues_with_the_responses_that_it_gets(
    tmp_path: Path,
) -> None:
    sent: list[tuple[Route, Request]] = []

    def send(route: Route, request: Request) -> Response | None:
        sent.append((route, request))
        if route == ("POST", "/notes"):
            return Response(201, (("Content-Type", "application/json"),), b'{"id": "n-of-mine"}')
        return None  # as if it could not be sent

    with separate_generator(task(tmp_path, count=10)) as generator:
        batches = list(generator.batches(math.inf))
        generator.run_sequences(send, math.inf)
    assert (("GET", "/notes/{id}"), "/notes/n-of-mine") in [(r, each.target) for r, each in sent]
    scans = [each for batch, each in batches if batch.route == ("PUT", "/scan") and batch.valid]
    assert [(each.reasons, bool(each.requests)) for each in scans] == [((), True)]


def test_nothing_is_waited_for_after_the_time_limit(tmp_path: Path) -> None:
    with separate_generator(task(tmp_path)) as generator:
        assert list(generator.batches(time.monotonic())) == []


def test_a_contract_that_cannot_be_read_is_reported_with_its_reason(tmp_path: Path) -> None:
    wanted = task(tmp_path)
    (tmp_path / "openapi.yaml").unlink()
    with (
        separate_generator(wanted) as generator,
        pytest.raises(GenerationFailed, match="No such file"),
    ):
        list(generator.batches(math.inf))


def test_a_process_that_ends_is_reported_with_its_status(tmp_path: Path) -> None:
    with separate_generator(task(tmp_path, count=1000)) as generator:
        generator.process.kill()
        with pytest.raises(GenerationFailed, match="-9"):
            list(generator.batches(math.inf))


@pytest.mark.parametrize(
    "options",
    [
        Options("http://stage", max_examples=0),
        Options("http://stage", phases=frozenset({Phase.EXAMPLE})),
    ],
    ids=["no-examples", "another-phase"],
)
def test_a_run_without_generated_data_starts_no_process(tmp_path: Path, options: Options) -> None:
    (tmp_path / "openapi.yaml").write_text(NOTES)
    with generating(load(tmp_path / "openapi.yaml"), options) as generator:
        assert generator is None
