"""The compiled handler enforces the contract in both directions."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from openapi_first.compiler.compile import write_compiled
from openapi_first.openapi.loader import load
from openapi_first.runtime import Problem, Reply, StartError, current_request, lambda_handler
from support.documents import written

CONTRACT = """
openapi: 3.0.3
info: {title: Shelves, version: "1"}
paths:
  /shelves/{shelf}:
    parameters:
      - {name: shelf, in: path, required: true, schema: {type: string, minLength: 2}}
    get:
      operationId: readShelf
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, default: 10}}
        - {name: ratio, in: query, schema: {type: number}}
        - {name: open, in: query, schema: {type: boolean}}
        - {name: tag, in: query, schema: {type: array, items: {type: integer}}}
        - {name: X-Trace, in: header, schema: {type: string}}
      responses:
        "200":
          description: ok
          headers:
            X-Count: {required: true, schema: {type: integer}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Shelf"}}}
        "404": {description: none}
    put:
      operationId: writeShelf
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Shelf"}}}
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {$ref: "#/components/schemas/Shelf"}}}
        "204": {description: nothing to say}
components:
  schemas:
    Shelf:
      type: object
      required: [name]
      additionalProperties: false
      properties:
        name: {type: string, nullable: true}
        id: {type: string, readOnly: true}
        secret: {type: string, writeOnly: true}
        count: {type: integer, format: int32}
"""

Handler = Callable[..., dict[str, Any]]


class Operations(ModuleType):
    """A module of operations, made in a test."""


def compiled_module(folder: Path, text: str = CONTRACT) -> ModuleType:
    output = folder / "build" / "compiled.py"
    write_compiled(load(written(folder, text)), output)
    spec = importlib.util.spec_from_file_location("compiled_in_test", output)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def operations(**functions: Callable[..., Any]) -> ModuleType:
    module = Operations("operations_in_test")
    for name, function in functions.items():
        function.__module__ = module.__name__
        setattr(module, name, function)
    return module


def event(method: str, **fields: Any) -> dict[str, Any]:
    return {
        "httpMethod": method,
        "resource": "/shelves/{shelf}",
        "path": "/shelves/oak",
        "pathParameters": {"shelf": "oak"},
        "headers": None,
        "multiValueHeaders": None,
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"requestId": "1b4e28ba-2fa1-11d2-883f-0016d3cca427"},
        "body": None,
        "isBase64Encoded": False,
        **fields,
    }


class Seen:
    """What the functions were called with, and what they are to answer."""

    def __init__(self) -> None:
        self.arguments: dict[str, Any] = {}
        self.answer: Any = Reply({"name": "oak"}, headers={"X-Count": "1"})

    def read_shelf(self, **arguments: Any) -> Any:
        self.arguments = arguments
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def handler(tmp_path: Path, seen: Seen) -> Handler:
    def read_shelf(**arguments: Any) -> Any:
        return seen.read_shelf(**arguments)

    def write_shelf(**arguments: Any) -> Any:
        return seen.read_shelf(**arguments)

    module = operations(read_shelf=read_shelf, write_shelf=write_shelf)
    return lambda_handler(compiled_module(tmp_path), module)


def errors_of(answer: dict[str, Any]) -> list[tuple[str | None, str]]:
    assert answer["statusCode"] == 400
    return [
        (error.get("parameter") or error.get("pointer"), error["detail"])
        for error in json.loads(answer["body"])["errors"]
    ]


def test_arguments_are_plain_typed_values_and_absent_ones_are_none(
    handler: Handler, seen: Seen
) -> None:
    query = {"limit": ["5"], "ratio": ["1.5"], "open": ["true"], "tag": ["1", "2"]}
    answer = handler(
        event("GET", multiValueQueryStringParameters=query, headers={"x-trace": "abc"}), None
    )
    assert answer["statusCode"] == 200, answer
    assert seen.arguments == {
        "shelf": "oak",
        "limit": 5,
        "ratio": 1.5,
        "open": True,
        "tag": [1, 2],
        "x_trace": "abc",
    }


def test_a_default_is_applied(handler: Handler, seen: Seen) -> None:
    handler(event("GET"), None)
    assert seen.arguments["limit"] == 10
    assert seen.arguments["ratio"] is None


@pytest.mark.parametrize("text", ["", "1e3", "1.0", "01", "+1", " 1", "١", "0x1", "9" * 5000])
def test_what_is_no_integer_in_json_is_none_here(handler: Handler, text: str) -> None:
    answer = handler(event("GET", multiValueQueryStringParameters={"limit": [text]}), None)
    assert [place for place, _ in errors_of(answer)] == ["limit"]


@pytest.mark.parametrize("text", ["True", "1", "yes", "TRUE", ""])
def test_booleans_are_true_and_false_alone(handler: Handler, text: str) -> None:
    answer = handler(event("GET", queryStringParameters={"open": text}), None)
    assert [place for place, _ in errors_of(answer)] == ["open"]


def test_one_value_given_twice_is_refused(handler: Handler) -> None:
    answer = handler(event("GET", multiValueQueryStringParameters={"limit": ["1", "2"]}), None)
    assert errors_of(answer) == [("limit", "must be given once, not 2 times")]


def test_path_parameters_are_decoded_as_the_proxy_event_needs_it(
    handler: Handler, seen: Seen
) -> None:
    handler(event("GET", pathParameters={"shelf": "a%2Bb+c%20d%E2%82%AC"}), None)
    assert seen.arguments["shelf"] == "a+b+c d€"
    answer = handler(event("GET", pathParameters={"shelf": "%ff%fe"}), None)
    assert errors_of(answer) == [("shelf", "the percent-encoding is not UTF-8")]


def test_errors_of_parameters_and_body_are_reported_together(handler: Handler) -> None:
    answer = handler(
        event("PUT", pathParameters={"shelf": "x"}, body='{"count": 2147483648, "extra": 1}'), None
    )
    assert {place for place, _ in errors_of(answer)} == {"shelf", "#/count", "#"}


def test_read_only_may_not_be_sent_and_write_only_not_be_answered(
    handler: Handler, seen: Seen
) -> None:
    answer = handler(event("PUT", body='{"name": null, "id": "1"}'), None)
    assert [place for place, _ in errors_of(answer)] == ["#/id"]
    seen.answer = {"name": None, "secret": "x"}
    assert handler(event("PUT", body='{"name": null}'), None)["statusCode"] == 500


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "request body is required"),
        ("not json", "not JSON"),
        ("{'name': 1}", "not JSON"),
        ('{"name": NaN}', "NaN"),
        ('{"name": -Infinity}', "-Infinity"),
        ('{"count": 1e999}', "beyond the range"),
        ('{"count": ' + "9" * 5000 + "}", "not JSON"),
        ('{"name": "a", "name": "b"}', "duplicate name"),
        ('{"name": "\\ud800"}', "lone surrogate"),
        ('{"\\ud800": 1}', "lone surrogate"),
        ("[" * 100_000, "deeper"),
        ("[" * 201 + "]" * 201, "deeper"),
        ('{"name"', "not JSON"),
    ],
)
def test_json_is_read_strictly(handler: Handler, body: str, words: str) -> None:
    answer = handler(event("PUT", body=body), None)
    assert any(words in detail for _, detail in errors_of(answer)), answer["body"]


def test_brackets_inside_texts_do_not_count_as_nesting(handler: Handler, seen: Seen) -> None:
    seen.answer = Reply(None, 204)
    body = json.dumps({"name": "[" * 1000 + '\\"{'})
    assert handler(event("PUT", body=body), None)["statusCode"] == 204


def test_an_undeclared_media_type_is_415_and_names_the_declared(handler: Handler) -> None:
    answer = handler(event("PUT", body="x", headers={"Content-Type": "text/plain"}), None)
    assert answer["statusCode"] == 415
    assert "application/json" in json.loads(answer["body"])["detail"]


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_media_types_compare_without_case_and_parameters(
    handler: Handler, seen: Seen, content_type: str
) -> None:
    seen.answer = Reply(None, 204)
    headers = {"content-type": content_type}
    assert handler(event("PUT", body='{"name": "a"}', headers=headers), None)["statusCode"] == 204


@pytest.mark.parametrize(
    "answer",
    [
        {"name": 5},
        {"name": "a", "extra": 1},
        Reply({"name": "a"}, 201),
        Reply({"name": "a"}, headers={}),
        Reply({"name": "a"}, headers={"X-Count": "many"}),
        Reply({"name": "a"}, headers={"X-Count": "1"}, media_type="text/html"),
        Reply(None, 200, {"X-Count": "1"}),
        Reply({"name": "\ud800"}, headers={"X-Count": "1"}),
        Reply({"name": object()}, headers={"X-Count": "1"}),
        Problem(418),
        KeyError("unexpected"),
    ],
)
def test_an_answer_that_breaks_the_contract_becomes_a_500_problem(
    handler: Handler, seen: Seen, answer: Any
) -> None:
    seen.answer = answer
    sent = handler(event("GET"), None)
    assert sent["statusCode"] == 500
    assert sent["multiValueHeaders"]["Content-Type"] == ["application/problem+json"]
    assert "name" not in json.loads(sent["body"])["detail"]


def test_report_mode_logs_the_violation_and_sends_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RESPONSE_VALIDATION", "report")

    def read_shelf(**_: Any) -> Any:
        return Reply({"name": 5}, headers={"X-Count": "1"})

    def write_shelf(**_: Any) -> None:
        return None

    module = operations(read_shelf=read_shelf, write_shelf=write_shelf)
    # A title of its own, since Powertools keeps one logger, and its stream, for each service.
    compiled = compiled_module(tmp_path, CONTRACT.replace("Shelves", "Shelves reported"))
    answer = lambda_handler(compiled, module)(event("GET"), None)
    assert answer["statusCode"] == 200
    logged = capsys.readouterr().out
    assert '"/body/name"' in logged
    assert "ContractViolations" in logged


def test_a_wrong_mode_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESPONSE_VALIDATION", "loud")
    with pytest.raises(StartError, match="enforce, report, off"):
        lambda_handler(compiled_module(tmp_path), operations())


def test_missing_surplus_and_unfit_functions_are_listed_at_once(tmp_path: Path) -> None:
    def read_shelf(shelf: str, limit: int, wrong: str) -> None: ...

    def rename_shelf() -> None: ...

    with pytest.raises(StartError) as caught:
        lambda_handler(
            compiled_module(tmp_path), operations(read_shelf=read_shelf, rename_shelf=rename_shelf)
        )
    reasons = "\n".join(caught.value.reasons)
    for words in (
        "no function write_shelf: write `def write_shelf(shelf, body)`",
        "rename_shelf serves no operation",
        "read_shelf does not take ratio",
        "read_shelf requires wrong",
    ):
        assert words in reasons


def test_unfinished_operations_answer_501_where_the_environment_allows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def read_shelf(**_: object) -> None:
        raise NotImplementedError

    monkeypatch.setenv("UNFINISHED_OPERATIONS", "answer")
    module = operations(read_shelf=read_shelf)
    handler = lambda_handler(compiled_module(tmp_path), module)
    missing = handler(event("PUT", body='{"name": null}'), None)
    assert (missing["statusCode"], handler(event("GET"), None)["statusCode"]) == (501, 501)
    assert "write `def write_shelf(shelf, body)`" in json.loads(missing["body"])["detail"]
    assert "no function write_shelf" in caplog.text
    assert handler(event("PUT", body="[]"), None)["statusCode"] == 400
    monkeypatch.setenv("UNFINISHED_OPERATIONS", "perhaps")
    with pytest.raises(StartError, match="UNFINISHED_OPERATIONS is 'perhaps'; set one of: refuse"):
        lambda_handler(compiled_module(tmp_path), module)


def test_a_stale_module_does_not_start(tmp_path: Path) -> None:
    module = compiled_module(tmp_path)
    (tmp_path / "openapi.yaml").write_text(CONTRACT + "\n# changed\n")
    with pytest.raises(StartError, match="changed after it was compiled"):
        lambda_handler(module, operations())


def test_an_event_that_is_none_of_ours_is_a_problem_and_no_crash(handler: Handler) -> None:
    for strange in ({}, {"httpMethod": "GET"}, event("PATCH"), event("GET", resource="/none")):
        assert handler(strange, None)["statusCode"] == 404


def test_every_answer_carries_the_cors_headers(handler: Handler) -> None:
    for method in ("GET", "PUT"):
        headers = handler(event(method), None)["multiValueHeaders"]
        assert headers["Access-Control-Allow-Origin"] == ["*"]
        assert headers["Access-Control-Expose-Headers"] == ["X-Count,x-amzn-RequestId"]


def test_no_request_is_current_outside_of_one() -> None:
    with pytest.raises(RuntimeError):
        current_request()


def test_compiling_the_same_contract_gives_the_same_bytes(tmp_path: Path) -> None:
    compiled_module(tmp_path)
    first = (tmp_path / "build" / "compiled.py").read_bytes()
    compiled_module(tmp_path)
    assert (tmp_path / "build" / "compiled.py").read_bytes() == first
    sys.modules.pop("compiled_in_test", None)


def test_functions_that_cannot_be_called_are_told_at_start(tmp_path: Path) -> None:
    async def read_shelf(shelf, limit, ratio, open, tag, x_trace):
        return {}

    def write_shelf(shelf, /, body):
        return {}

    operations = Operations("operations")
    for function in (read_shelf, write_shelf):
        function.__module__ = "operations"
        setattr(operations, function.__name__, function)
    with pytest.raises(StartError) as caught:
        lambda_handler(compiled_module(tmp_path), operations)
    first, second = caught.value.reasons
    assert "asynchronous" in first
    assert "shelf by position only" in second


def test_a_string_that_never_ends_is_read_in_one_pass(handler: Handler) -> None:
    # A scan for brackets once started again at each of its quotes: hours for this one.
    body = "[" * 201 + '"' + '\\"' * 500_000
    answer = handler(event("PUT", body=body), None)
    assert any("Unterminated string" in detail for _, detail in errors_of(answer))


def test_pointers_are_uri_fragments(handler: Handler) -> None:
    answer = handler(event("PUT", body='{"a b/é%~": "\\ud800"}'), None)
    assert [place for place, _ in errors_of(answer)] == ["#/a%20b~1%C3%A9%25~0"]


def test_a_number_beyond_its_format_is_refused(handler: Handler, seen: Seen) -> None:
    seen.answer = {"name": "x"}
    largest = 2**31 - 1
    for count, status in ((largest, 200), (largest + 1, 400)):
        body = json.dumps({"name": "x", "count": count})
        assert handler(event("PUT", body=body), None)["statusCode"] == status
