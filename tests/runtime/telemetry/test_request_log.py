"""One line in the log for each request, with names of the contract and nothing of the client's."""

from __future__ import annotations

import io
import json
from types import ModuleType
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.buffer import LoggerBufferConfig

from openapi_first.runtime import Problem, current_request, lambda_handler
from support.compiled import Handler, Operations, compiled_module, event

CONTRACT = """
openapi: 3.0.3
info: {title: Notes, version: "1"}
paths:
  /notes:
    post:
      operationId: addNote
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: 9}}
        - {name: X-Who, in: header, required: true, schema: {type: string}}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              properties: {text: {type: string, maxLength: 3}}
              additionalProperties: {type: integer}
      responses:
        "200": {description: ok, content: {application/json: {}}}
        4XX: &problem {description: no, content: {application/problem+json: {}}}
        5XX: *problem
"""
SECRET = "s3cret"


class Context:
    aws_request_id = "lambda-id"

    def get_remaining_time_in_millis(self) -> int:
        return 5000


class Log:
    def __init__(self, name: str) -> None:
        self.stream = io.StringIO()
        self.logger = Logger(service=name, stream=self.stream)

    def lines(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.stream.getvalue().splitlines()]
        self.stream.seek(0)
        self.stream.truncate()
        return lines


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return compiled_module(tmp_path_factory.mktemp("notes"), CONTRACT)


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Log:
    return Log(request.node.name)


def handler_of(compiled: ModuleType, log: Log, function: Any = None) -> Handler:
    operations = Operations("operations")
    operations.add_note = function or (lambda **_: {})  # type: ignore[attr-defined]
    return lambda_handler(compiled, operations, logger=log.logger)


def note(body: Any, limit: str = "1", **headers: str) -> dict[str, Any]:
    given: Any = {"X-Who": SECRET, "x-api-key": SECRET, **headers}
    return event(
        method="POST", resource="/notes", query={"limit": [limit]}, headers=given, body=body
    )


def test_the_line_joins_the_gateways_id_with_lambdas(compiled: ModuleType, log: Log) -> None:
    handler = handler_of(compiled, log)
    sent = note({"text": "abc"})
    for cold in (True, False):
        assert handler(sent, Context())["statusCode"] == 200
        (line,) = log.lines()
        assert line["message"] == "request served"
        assert line["correlation_id"] == sent["requestContext"]["requestId"]
        assert line["function_request_id"] == "lambda-id"
        assert (line["operation"], line["status"]) == ("addNote", 200)
        assert line["cold_start"] is cold
        assert line["contract_hash"] == compiled.HASH
        assert 0 <= line["duration_ms"] < 60_000
        assert "refused_by" not in line


@pytest.mark.parametrize(
    ("sent", "places"),
    [
        (note({"text": SECRET}), ["body: /properties/text/maxLength"]),
        (note({SECRET: SECRET}), ["body: /additionalProperties/type"]),
        (note({"text": SECRET}, limit="77"), ["query limit: /maximum", "body: /properties/text"]),
        (note({}) | {"multiValueHeaders": {}, "headers": {}}, ["header X-Who: required"]),
        (note({}, limit=SECRET), ["query limit: /type"]),
        (note("{" + SECRET), ["body: unreadable"]),
        (note(SECRET, **{"Content-Type": f"text/{SECRET}"}), ["body: 415"]),
        (note(dict.fromkeys("abcdefgh", SECRET)), ["body: /additionalProperties/type"]),
    ],
)
def test_a_refused_request_names_the_constraints_and_no_value(
    compiled: ModuleType, log: Log, sent: dict[str, Any], places: list[str]
) -> None:
    assert handler_of(compiled, log)(sent, Context())["statusCode"] in (400, 415)
    (line,) = log.lines()
    assert line["refused_by"] == "contract"
    assert len(line["refused_for"]) == len(places)
    for found, place in zip(line["refused_for"], places, strict=True):
        assert found.startswith(place.partition(" ")[0]), found
        assert place.rpartition(" ")[2] in found
    assert SECRET not in json.dumps(line)


def test_a_problem_of_the_operation_is_the_services(compiled: ModuleType, log: Log) -> None:
    def refuse(**_: Any) -> Any:
        raise Problem(404, "There is none.")

    assert handler_of(compiled, log, refuse)(note({}), None)["statusCode"] == 404
    (line,) = log.lines()
    assert (line["status"], line["refused_by"]) == (404, "service")
    assert "refused_for" not in line
    assert "function_request_id" not in line


def test_requests_without_an_operation_and_preflights_have_a_line(
    compiled: ModuleType, log: Log
) -> None:
    handler = handler_of(compiled, log)
    assert handler(event(method="OPTIONS", resource="/notes"), None)["statusCode"] == 204
    assert handler(event(method="GET", resource="/notes"), None)["statusCode"] == 404
    preflight, unknown = log.lines()
    assert (preflight["message"], preflight["status"]) == ("request served", 204)
    assert (preflight["method"], preflight["resource"]) == ("OPTIONS", "/notes")
    assert (unknown["level"], unknown["status"]) == ("WARNING", 404)
    assert unknown["refused_by"] == "contract"


def test_what_a_service_counts_is_in_the_line(compiled: ModuleType, log: Log) -> None:
    def counting(**_: Any) -> Any:
        current_request().count("Retries")
        current_request().count("Retries", 2)
        return {}

    handler_of(compiled, log, counting)(note({}), None)
    (line,) = log.lines()
    assert line["counts"] == {"Retries": 3}


def test_a_logger_that_fails_changes_no_answer(
    compiled: ModuleType, log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError("the log is full")

    handler = handler_of(compiled, log)
    log.logger.info = broken  # type: ignore[method-assign]
    assert handler(note({}), None)["statusCode"] == 200
    assert "the log is full" in capsys.readouterr().err


def test_the_engines_own_logger_writes_a_traceback_once(
    compiled: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(**_: Any) -> Any:
        raise LookupError("here")

    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "traceback once")
    operations = Operations("operations")
    operations.add_note = failing  # type: ignore[attr-defined]
    assert lambda_handler(compiled, operations)(note({}), None)["statusCode"] == 500
    error, served = map(json.loads, capsys.readouterr().out.splitlines())
    assert error["exception"].count("LookupError: here") == 1
    assert "stack_trace" not in error
    assert served["status"] == 500


@pytest.mark.parametrize("rate", ["1", "0"])
def test_sampling_is_decided_for_each_request(
    compiled: ModuleType, monkeypatch: pytest.MonkeyPatch, rate: str
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOGGER_SAMPLE_RATE", rate)
    log = Log(f"sampled {rate}")
    handler = handler_of(compiled, log, lambda **_: log.logger.debug("a detail"))
    for _ in range(2):
        log.lines()
        log.logger.setLevel("INFO")
        handler(note({}), None)
        assert ("DEBUG" in {line["level"] for line in log.lines()}) == (rate == "1")


def test_a_logger_that_buffers_gets_every_line(
    compiled: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793")
    stream = io.StringIO()
    config = LoggerBufferConfig(buffer_at_verbosity="INFO")
    logger = Logger(service="buffers", stream=stream, level="ERROR", buffer_config=config)
    operations = Operations("operations")
    operations.add_note = lambda **_: {}  # type: ignore[attr-defined]
    handler = lambda_handler(compiled, operations, logger=logger)
    handler(note({}), Context())
    assert not stream.getvalue()
    logger.flush_buffer()
    assert json.loads(stream.getvalue())["message"] == "request served"


@pytest.mark.parametrize(("level", "written"), [("INFO", 2), ("WARNING", 1), ("ERROR", 0)])
def test_the_level_decides_and_every_line_has_the_ids(
    compiled: ModuleType, log: Log, level: str, written: int
) -> None:
    log.logger.setLevel(level)
    handler = handler_of(compiled, log, lambda **_: log.logger.critical("mine") or {})
    handler(note({}), Context())
    handler(event(resource="/none"), Context())
    mine, *lines = log.lines()
    assert mine["correlation_id"]
    assert mine["function_request_id"] == "lambda-id"
    assert len(lines) == written
    log.logger.setLevel("INFO")
    handler(note({}), Context())
    assert log.lines()[-1]["cold_start"] is False
