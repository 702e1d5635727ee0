"""Bad input gets the documented status and one line in the log, and never leaves an exception."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import BadRequestError, NotFoundError
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.runtime import Reply, lambda_handler
from openapi_first.runtime.handler import observe
from support.compiled import Handler, Operations, compiled_module, event

CONTRACT = """
openapi: 3.0.3
info: {title: Things, version: "1"}
paths:
  /things:
    get:
      operationId: readThings
      parameters:
        - {name: X-Trace, in: header, schema: {type: string}}
        - {name: q, in: query, schema: {type: string}}
        - {name: n, in: query, schema: {type: number}}
        - {name: crumb, in: cookie, schema: {type: string}}
      responses: &responses
        "200": {description: ok, content: {application/json: {schema: {type: object}}}}
  /things/{thing}:
    get:
      operationId: readThing
      parameters: [{name: thing, in: path, required: true, schema: {type: string}}]
      responses: *responses
    post:
      operationId: addThing
      parameters: [{name: thing, in: path, required: true, schema: {type: string}}]
      requestBody:
        required: true
        content:
          application/json: {}
          text/plain: {}
          application/x-www-form-urlencoded: &form
            schema: {type: object, properties: {a: {type: string}}}
          multipart/form-data: *form
      responses: *responses
"""
SECRET = "the secret of the service"
ONE = {"resource": "/things/{thing}", "pathParameters": {"thing": "1"}}
PROBLEM = ["application/problem+json"]


class Service:
    """A handler whose log can be read."""

    def __init__(self, compiled: ModuleType, name: str) -> None:
        self.compiled = compiled
        self.log = io.StringIO()
        # Powertools keeps one logger, and its stream, for each service.
        self.logger = Logger(service=name, stream=self.log)
        self.operations = Operations("operations")
        for function in ("read_things", "read_thing", "add_thing"):
            setattr(self.operations, function, lambda **_: {})

    def handler(self, **arguments: Any) -> Handler:
        return lambda_handler(self.compiled, self.operations, logger=self.logger, **arguments)

    def lines(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        self.log.seek(0)
        self.log.truncate()
        return lines


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return compiled_module(tmp_path_factory.mktemp("things"), CONTRACT)


@pytest.fixture
def service(compiled: ModuleType, request: pytest.FixtureRequest) -> Service:
    return Service(compiled, request.node.name)


def problem_of(answer: dict[str, Any], status: int) -> dict[str, Any]:
    assert answer["statusCode"] == status, answer
    assert answer["multiValueHeaders"]["Content-Type"] == PROBLEM
    for inside in ("Traceback", ".py", " object at ", SECRET):
        assert inside not in answer["body"]
    problem: dict[str, Any] = json.loads(answer["body"])
    assert problem["status"] == status
    return problem


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in event().items() if key != name}


MALFORMED: list[tuple[Any, str]] = [
    (None, "the event is null"),
    ([], "the event is list"),
    ("x", "the event is str"),
    (7, "the event is int"),
    (event() | {"httpMethod": 5}, "httpMethod is int"),
    (event() | {"httpMethod": None}, "httpMethod is null"),
    (event() | {"httpMethod": []}, "httpMethod is list"),
    (event() | {"resource": {}}, "resource is dict"),
    (event() | {"headers": 5}, "headers is not an object of strings"),
    (event() | {"headers": ["a"]}, "headers is not an object of strings"),
    (event() | {"headers": {"x-trace": 5}}, "headers is not an object of strings"),
    (event() | {"multiValueHeaders": 5}, "multiValueHeaders is not an object of lists"),
    (event() | {"multiValueHeaders": {"a": "bc"}}, "multiValueHeaders is not an object of lists"),
    (event() | {"multiValueHeaders": {"x-trace": [5]}}, "multiValueHeaders"),
    (event() | {"multiValueHeaders": {"cookie": [5]}}, "multiValueHeaders"),
    (event() | {"queryStringParameters": 5}, "queryStringParameters"),
    (event() | {"queryStringParameters": {"q": 5}}, "queryStringParameters"),
    (event() | {"multiValueQueryStringParameters": 5}, "multiValueQueryStringParameters"),
    (event() | {"multiValueQueryStringParameters": {"q": "bc"}}, "multiValueQueryStringParameters"),
    (event() | {"multiValueQueryStringParameters": {"q": [5]}}, "multiValueQueryStringParameters"),
    (event() | ONE | {"pathParameters": 5}, "pathParameters"),
    (event() | ONE | {"pathParameters": {"thing": 5}}, "pathParameters"),
    *(
        (event(method="POST") | ONE | {"body": body}, f"body is {type(body).__name__}")
        for body in (7, 0, True, {}, {"a": 1}, [1])
    ),
]


@pytest.mark.parametrize(("malformed", "reason"), MALFORMED)
@pytest.mark.parametrize("origins", ["*", "https://a.example,https://b.example"])
def test_a_malformed_event_is_a_500_and_one_line_with_the_reason(
    service: Service, monkeypatch: pytest.MonkeyPatch, malformed: Any, reason: str, origins: str
) -> None:
    monkeypatch.setenv("CORS_ALLOW_ORIGIN", origins)
    seen: list[Exception] = []
    handler = service.handler(exception_handlers={Exception: seen.append})
    stop = observe(lambda *_: None)
    try:
        assert problem_of(handler(malformed, None), 500)["detail"] == "The event cannot be served."
    finally:
        stop()
    (line,) = service.lines()
    assert (line["level"], line["message"]) == ("ERROR", "the event cannot be served")
    assert line["malformed"].startswith(reason)
    assert seen == []


@pytest.mark.parametrize(
    "unknown",
    [
        {},
        without("httpMethod"),
        without("resource"),
        without("path"),
        event(method="PATCH"),
        event(resource="/none"),
        event() | {"httpMethod": ""},
    ],
)
def test_an_event_without_an_operation_is_a_404_and_one_line(
    service: Service, unknown: dict[str, Any]
) -> None:
    problem_of(service.handler()(unknown, None), 404)
    (line,) = service.lines()
    assert line["level"] == "WARNING"
    assert line["message"] == "The event does not match an operation of the contract."


def test_what_the_engine_does_not_need_of_an_event_may_be_wrong(service: Service) -> None:
    handler = service.handler()
    for context in ("x", None, {"requestId": 5}, {"authorizer": 5, "identity": []}):
        assert handler(event() | {"requestContext": context}, None)["statusCode"] == 200


def post(content_type: str, body: str | bytes) -> dict[str, Any]:
    encoded = isinstance(body, bytes)
    text = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    sent = event(method="POST", headers={"Content-Type": content_type}, body=text, encoded=encoded)
    return sent | ONE


def multipart(charset: str, data: bytes = b"x") -> dict[str, Any]:
    head = 'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset='
    body = f"--B\r\n{head}{charset}\r\n\r\n".encode() + data + b"\r\n--B--\r\n"
    return post("multipart/form-data; boundary=B", body)


JSON = "application/json"
REQUESTS: list[tuple[dict[str, Any], int, str]] = [
    (post("text/plain; charset=klingon", b"x"), 415, "charset is not supported; send utf-8"),
    (post("text/plain; charset=klingon", "x"), 415, "charset is not supported; send utf-8"),
    (post("text/plain; charset=rot13", b"x"), 415, "charset is not supported"),
    (post("text/plain; charset=\0", b"x"), 415, "send utf-8"),
    (post(f"text/plain; charset={'x' * 5000}", b"x"), 415, "send utf-8"),
    (post("text/plain; charset=utf-8", b"\xff"), 400, "the body is not utf-8 text"),
    (multipart("klingon"), 415, "the charset of the part a is not supported; send utf-8"),
    (multipart("base64"), 415, "the charset of the part a is not supported; send utf-8"),
    (multipart("utf-8", b"\xff"), 400, "the part is not utf-8 text"),
    (post(JSON, '{"a": 1, "a": 2}'), 400, "duplicate name"),
    (post(JSON, '[{"b": {"a": 1, "a": 2}}]'), 400, "duplicate name"),
    (post(JSON, "NaN"), 400, "NaN is not a JSON number"),
    (post(JSON, '{"a": -Infinity}'), 400, "-Infinity is not a JSON number"),
    (post(JSON, '["\\ud800"]'), 400, "lone surrogate"),
    (post(JSON, '["\ud800"]'), 400, "lone surrogate"),
    (post(JSON, b'["\xed\xa0\x80"]'), 400, "not utf-8 text"),
    (post(JSON, "[" * 201 + "]" * 201), 400, "deeper than 200 levels"),
    (post(JSON, '{"a":' * 201 + "1" + "}" * 201), 400, "deeper than 200 levels"),
    (post(JSON, "[" * 1_000_000), 400, "deeper than 200 levels"),
    (post(JSON, "1e-9999999999999999999"), 400, "too small for a double"),
    (post(JSON, "1e9999999999999999999"), 400, "beyond the range of a double"),
    (post(JSON, "9" * 5000), 400, "more than 4300 digits"),
    (post(JSON, "{") | {"isBase64Encoded": True}, 400, "base64"),
    (post(JSON, "é") | {"isBase64Encoded": True}, 400, "base64"),
    (post("application/x-www-form-urlencoded", "a=%ff"), 400, "not UTF-8"),
    (event(query={"n": ["1e-9999999999999999999"]}), 400, "number"),
    (event(query={"n": ["NaN"]}), 400, "number"),
    (event(headers={"cookie": "crumb=%ff"}), 400, "not UTF-8"),
]


@pytest.mark.parametrize(("request_", "status", "words"), REQUESTS)
def test_a_bad_request_is_answered_and_is_one_line(
    service: Service, request_: dict[str, Any], status: int, words: str
) -> None:
    problem = problem_of(service.handler()(request_, None), status)
    details = [problem["detail"], *(entry["detail"] for entry in problem.get("errors", ()))]
    assert any(words in detail for detail in details), details
    (line,) = service.lines()
    assert (line["level"], line["message"], line["status"]) == ("INFO", "request served", status)


@pytest.mark.parametrize("number", ["7264151e999", "7264151e-999"])
def test_a_number_that_cannot_be_read_is_not_repeated(service: Service, number: str) -> None:
    answer = service.handler()(post(JSON, number), None)
    assert answer["statusCode"] == 400
    assert "7264151" not in answer["body"]


@pytest.mark.parametrize(
    "body",
    [
        "[" * 200 + "]" * 200,
        '{"a":' * 200 + "1" + "}" * 200,
        "0e-9999999999999999999",
        "-0.0000000000000000000000e9999999999999999999",
        '"\\ud83d\\ude00"',
    ],
)
def test_what_looks_bad_and_is_json_is_served(service: Service, body: str) -> None:
    assert service.handler()(post(JSON, body), None)["statusCode"] == 200


WHOLE = event(
    method="POST", query={"q": ["x"]}, headers={"Content-Type": JSON, "cookie": "crumb=1"}, body={}
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["x-trace", "q", "n", "Origin", "cookie"]), inner)
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def shared(compiled: ModuleType) -> Service:
    return Service(compiled, "any event")


@given(
    method=st.sampled_from(["GET", "POST", "OPTIONS"]),
    resource=st.sampled_from(["/things", "/things/{thing}", "/none"]),
    changes=st.dictionaries(st.sampled_from(sorted(WHOLE)), JSON_VALUES, max_size=3),
)
def test_no_event_makes_the_handler_raise_or_log_two_errors(
    shared: Service, method: str, resource: str, changes: dict[str, Any]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CORS_ALLOW_ORIGIN", "https://a.example,https://b.example")
        handler = shared.handler()
    shared.lines()
    answer = handler(WHOLE | {"httpMethod": method, "resource": resource} | changes, None)
    json.dumps(answer)
    wrong = [line for line in shared.lines() if line["level"] != "INFO"]
    assert len(wrong) == (answer["statusCode"] in (404, 500))


def raising(app: Any, next_middleware: Any) -> Any:
    raise RuntimeError(SECRET)


def recursive(app: Any, next_middleware: Any) -> Any:
    return recursive(app, next_middleware)


def calling_twice(app: Any, next_middleware: Any) -> Any:
    next_middleware(app)
    return next_middleware


@pytest.mark.parametrize(
    "middleware",
    [
        raising,
        recursive,
        calling_twice,
        lambda app, next_middleware: None,
        lambda app, next_middleware: SECRET,
        lambda app, next_middleware: {"statusCode": 200, "body": "{}"},
        lambda app: None,
    ],
)
@pytest.mark.parametrize("mode", ["enforce", "report", "off"])
@pytest.mark.parametrize("where", ["middlewares", "operation_middlewares"])
def test_a_middleware_that_does_not_answer_is_a_500_and_one_error(
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    middleware: Callable[..., Any],
    mode: str,
    where: str,
) -> None:
    monkeypatch.setenv("RESPONSE_VALIDATION", mode)
    given: Any = [middleware] if where == "middlewares" else {"read_things": [middleware]}
    problem_of(service.handler(**{where: given})(event(), None), 500)
    error, access = service.lines()
    assert (error["level"], error["operation"]) == ("ERROR", "readThings")
    assert (access["message"], access["status"]) == ("request served", 500)


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ({"x": float("nan")}, None),
        ({"x": float("inf")}, None),
        ({"x": "\ud800"}, None),
        ({"x": Decimal("0.10000000000000000001")}, '{"x":0.10000000000000000001}'),
    ],
)
@pytest.mark.parametrize("mode", ["enforce", "off"])
def test_a_body_that_a_middleware_sets_is_written_as_an_operations(
    service: Service, monkeypatch: pytest.MonkeyPatch, mode: str, value: Any, sent: str | None
) -> None:
    def changing(app: Any, next_middleware: Any) -> Any:
        response = next_middleware(app)
        response.body = value
        return response

    monkeypatch.setenv("RESPONSE_VALIDATION", mode)
    answer = service.handler(middlewares=[changing])(event(), None)
    if sent is None:
        problem_of(answer, 500)
    else:
        assert (answer["statusCode"], answer["body"]) == (200, sent)


def test_a_middleware_that_never_calls_the_next_one_answers(service: Service) -> None:
    handler = service.handler(middlewares=[lambda app, _: Response(200, JSON, {"by": "it"})])
    answer = handler(event(), None)
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"by": "it"})
    assert [line["message"] for line in service.lines()] == ["request served"]


@pytest.mark.parametrize("mode", ["enforce", "report", "off"])
def test_a_status_that_is_not_a_number_is_never_sent(
    service: Service, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("RESPONSE_VALIDATION", mode)
    many = Response("many", JSON, "{}")  # type: ignore[arg-type]
    handler = service.handler(middlewares=[lambda app, _: many])
    for each in (event(), event(resource="/none")):
        problem_of(handler(each, None), 500)
        assert "ERROR" in [line["level"] for line in service.lines()]


def handling(result: Any) -> Callable[[Exception], Any]:
    def handle(error: Exception) -> Any:
        if isinstance(result, Exception):
            raise result
        return result

    return handle


@pytest.mark.parametrize(
    "result", [None, SECRET, {"statusCode": 200}, RuntimeError(SECRET), KeyError(SECRET)]
)
def test_an_exception_handler_that_does_not_answer_is_a_500_and_one_error(
    service: Service, result: Any
) -> None:
    handler = service.handler(
        middlewares=[raising], exception_handlers={RuntimeError: handling(result)}
    )
    problem_of(handler(event(), None), 500)
    assert [line["level"] for line in service.lines()] == ["ERROR", "INFO"]


@pytest.mark.parametrize("raised", [NotFoundError("a"), BadRequestError("b"), KeyError("c")])
def test_the_handler_of_what_is_not_found_may_fail_as_any_other(
    service: Service, raised: Exception
) -> None:
    handler = service.handler(exception_handlers={NotFoundError: handling(raised)})
    problem_of(handler(event(resource="/none"), None), 500)
    assert [line["level"] for line in service.lines()] == ["ERROR", "INFO"]


@pytest.mark.parametrize("mode", ["enforce", "report", "off"])
def test_a_header_that_cannot_be_text_is_a_500_and_one_error(
    service: Service, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("RESPONSE_VALIDATION", mode)
    service.operations.read_things = lambda **_: Reply({}, headers={"X": object()})
    assert "cannot be sent" in problem_of(service.handler()(event(), None), 500)["detail"]
    assert [line["level"] for line in service.lines()] == ["ERROR", "INFO"]


def test_an_exception_handler_that_raises_an_error_of_powertools_answers(service: Service) -> None:
    handler = service.handler(
        middlewares=[raising],
        exception_handlers={RuntimeError: handling(BadRequestError("no"))},
    )
    assert handler(event(resource="/none"), None)["statusCode"] == 400


def test_metrics_of_a_request_that_fails_are_written(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics = Metrics(namespace="Things", service="things")
    metrics.add_metric("Requests", "Count", 1)
    problem_of(service.handler(metrics=metrics)(event() | {"headers": 5}, None), 500)
    assert json.loads(capsys.readouterr().out)["Requests"] == [1.0]


def test_what_is_written_to_the_log_is_no_part_of_the_response(
    service: Service, tmp_path: Path
) -> None:
    def read_things(**_: Any) -> Any:
        raise LookupError(SECRET)

    service.operations.read_things = read_things  # type: ignore[attr-defined]
    problem_of(service.handler()(event(), None), 500)
    error, _ = service.lines()
    assert SECRET in error["exception"]


class Nameless(Exception):
    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


def raise_(error: BaseException) -> Any:
    raise error


@pytest.mark.parametrize(
    "error",
    [
        *(SystemExit(SECRET), GeneratorExit(), asyncio.CancelledError(), BaseException(SECRET)),
        *(BaseExceptionGroup("several", [SystemExit()]), Nameless(), KeyError(Nameless())),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("where", ["operation", "middleware", "handler", "renderer"])
def test_whatever_is_raised_is_a_500_and_is_logged_with_its_traceback(
    service: Service, where: str, error: BaseException
) -> None:
    functions: dict[str, Any] = {
        "middleware": {"middlewares": [lambda app, _: raise_(error)]},
        "handler": {"exception_handlers": {LookupError: lambda _: raise_(error)}},
        "renderer": {"render_problem": lambda *_: started and raise_(error)},
    }
    started: list[bool] = []
    raised = error if where == "operation" else LookupError()
    service.operations.read_things = lambda **_: raise_(raised)  # type: ignore[attr-defined]
    handler = service.handler(**functions.get(where, {}))
    started.append(True)
    problem_of(handler(event(), None), 500)
    lines = service.lines()
    logged = [line.get("exception", "") for line in lines]
    assert any(type(error).__name__ in each and "raise_" in each for each in logged)
    assert [line["operation"] for line in lines] == ["readThings"] * len(lines)


def test_only_ctrl_c_leaves_the_handler(service: Service) -> None:
    service.operations.read_things = lambda **_: raise_(KeyboardInterrupt())  # type: ignore[attr-defined]
    with pytest.raises(KeyboardInterrupt):
        service.handler()(event(), None)
