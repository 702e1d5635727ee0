"""The one resolver: its matching, middlewares, exception handlers, and what is sent."""

from __future__ import annotations

import base64
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import BadRequestError, NotFoundError

from openapi_first.runtime import Problem, Reply, StartError, lambda_handler
from support.compiled import Operations, compiled_module

CONTRACT = """
openapi: 3.0.3
info: {title: Shelves, version: "1"}
paths:
  /shelves:
    get: &plain
      operationId: listShelves
      responses: &responses
        "200":
          description: ok
          content: {application/json: {schema: {type: object, required: [op]}}}
        "409": {description: conflict, content: {application/problem+json: {}}}
        "400": {description: bad, content: {application/problem+json: {}}}
    post: {operationId: addShelf, responses: *responses}
  /shelves/first:
    get: {operationId: readFirst, responses: *responses}
  /shelves/{shelf}:
    parameters: [{name: shelf, in: path, required: true, schema: {type: string}}]
    get: {operationId: readShelf, responses: *responses}
    delete: {operationId: removeShelf, responses: *responses}
  /shelves/{shelf}/books/{book}:
    parameters:
      - {name: shelf, in: path, required: true, schema: {type: string}}
      - {name: book, in: path, required: true, schema: {type: string}}
    get: {operationId: readBook, responses: *responses}
"""
NAMES = ("list_shelves", "add_shelf", "read_first", "read_shelf", "remove_shelf", "read_book")
BASE = {"requestContext": {"requestId": "r-1"}, "headers": None, "multiValueHeaders": None}
GET = {**BASE, "httpMethod": "GET", "resource": "/shelves", "path": "/shelves"}

Handler = Callable[..., dict[str, Any]]
Next = Callable[[Any], Response[Any]]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return compiled_module(tmp_path_factory.mktemp("shelves"), CONTRACT)


def operations(answer: Any = None) -> ModuleType:
    """Operations that return their own name, or `answer`; an exception is raised."""
    module = Operations("operations")

    def operation(name: str) -> Callable[..., Any]:
        def call(**_: Any) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer if answer is not None else {"op": name}

        return call

    for name in NAMES:
        setattr(module, name, operation(name))
    return module


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def logger(request: pytest.FixtureRequest, log: io.StringIO) -> Logger:
    # Powertools keeps one logger, and its stream, for each service.
    return Logger(service=request.node.name, stream=log)


def errors_logged(log: io.StringIO) -> list[dict[str, Any]]:
    """The lines at level ERROR since the last call."""
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    log.seek(0)
    log.truncate()
    return [line for line in lines if line["level"] == "ERROR"]


PATHS = {
    "/shelves": [("/shelves", {})],
    "/shelves/first": [("/shelves/first", {})],
    "/shelves/{shelf}": [
        ("/shelves/oak", {"shelf": "oak"}),
        ("/shelves/a%20b", {"shelf": "a%20b"}),
    ],
    "/shelves/{shelf}/books/{book}": [("/shelves/1/books/2", {"shelf": "1", "book": "2"})],
    "/none": [("/none", {})],
}


def test_the_operation_is_the_one_that_powertools_would_choose(compiled: ModuleType) -> None:
    theirs = APIGatewayRestResolver()
    for (method, path), name in compiled.ROUTES.items():
        rule = path.replace("{", "<").replace("}", ">")
        theirs.route(rule, method)(lambda _name=name, **_: {"op": _name})
    ours = lambda_handler(compiled, operations())
    chosen = set()
    for resource, paths in PATHS.items():
        for path, parameters in paths:
            for method in ("GET", "POST", "PUT", "DELETE", "HEAD"):
                event = {**BASE, "httpMethod": method, "resource": resource, "path": path}
                event["pathParameters"] = parameters or None
                mine, other = ours(event, None), theirs.resolve(event, None)  # type: ignore[arg-type]
                if (method, resource) not in compiled.ROUTES:  # API Gateway does not send it
                    assert mine["statusCode"] == 404, event
                    continue
                assert mine["statusCode"] == other["statusCode"] == 200, event
                assert json.loads(mine["body"]) == json.loads(other["body"])
                chosen.add(json.loads(mine["body"])["op"])
    assert chosen == set(NAMES)


def test_nothing_is_built_before_the_first_request_of_an_operation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = compiled_module(tmp_path, CONTRACT)
    built: list[str] = []

    def counted(name: str, build: Callable[[], Any]) -> Callable[[], Any]:
        return lambda: built.append(name) or build()

    counting = {name: counted(name, build) for name, build in module.OPERATIONS.items()}
    monkeypatch.setattr(module, "OPERATIONS", counting)
    handler = lambda_handler(
        module, operations(), operation_middlewares={"read_first": [pass_through]}
    )
    assert built == []
    assert [handler(GET, None)["statusCode"] for _ in range(3)] == [200] * 3
    assert built == ["list_shelves"]


def pass_through(app: Any, next_middleware: Next) -> Response[Any]:
    return next_middleware(app)


def test_middlewares_of_the_api_and_of_an_operation_run_in_their_order(
    compiled: ModuleType,
) -> None:
    seen: list[Any] = []

    def first(app: Any, next_middleware: Next) -> Response[Any]:
        seen.append(("first", app.current_event.path, app.lambda_context))
        app.append_context(by="first")
        response = next_middleware(app)
        response.headers["X-First"] = "yes"
        return response

    def second(app: Any, next_middleware: Next) -> Response[Any]:
        seen.append(("second", app.context["by"], app.request.route))
        return next_middleware(app)

    handler = lambda_handler(
        compiled,
        operations(),
        middlewares=[first],
        operation_middlewares={"listShelves": [second], "list_shelves": [pass_through]},
    )
    answer = handler(GET, "the context")
    assert answer["statusCode"] == 200
    assert answer["multiValueHeaders"]["X-First"] == ["yes"]
    assert seen == [("first", "/shelves", "the context"), ("second", "first", "/shelves")]


def test_a_request_without_an_operation_passes_through_the_middlewares(
    compiled: ModuleType,
) -> None:
    seen: list[Any] = []

    def note(app: Any, next_middleware: Next) -> Response[Any]:
        response = next_middleware(app)
        seen.append((app.current_event.path, response.status_code))
        return response

    handler = lambda_handler(compiled, operations(), middlewares=[note])
    for event in ({**GET, "resource": "/none"}, {**GET, "httpMethod": "OPTIONS"}):
        handler(event, None)
    assert seen == [("/shelves", 404), ("/shelves", 204)]


def test_preflights_of_several_origins_pass_through_the_middlewares(
    compiled: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORS_ALLOW_ORIGIN", "https://a.example, https://b.example")
    seen: list[str] = []

    def note(app: Any, next_middleware: Next) -> Response[Any]:
        seen.append(app.current_event.http_method)
        return next_middleware(app)

    handler = lambda_handler(compiled, operations(), middlewares=[note])
    for origin in ("https://a.example", "https://b.example"):
        answer = handler({**GET, "httpMethod": "OPTIONS", "headers": {"origin": origin}}, None)
        assert answer["statusCode"] == 204
        assert answer["multiValueHeaders"]["Access-Control-Allow-Origin"] == [origin]
        assert answer["multiValueHeaders"]["Vary"] == ["Origin"]
        assert "GET" in answer["multiValueHeaders"]["Access-Control-Allow-Methods"][0]
    assert seen == ["OPTIONS", "OPTIONS"]


SHARED = Response(200, "application/json", {"op": "shared"}, {"vary": "Accept"})


def test_a_response_is_sent_with_the_cors_headers_and_not_changed(
    compiled: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORS_ALLOW_ORIGIN", "https://a.example,https://b.example")
    handler = lambda_handler(compiled, operations(), middlewares=[lambda app, _: SHARED])
    for origin in ("https://a.example", "https://b.example"):
        answer = handler({**GET, "headers": {"Origin": origin}}, None)
        assert json.loads(answer["body"]) == {"op": "shared"}
        assert answer["multiValueHeaders"]["Access-Control-Allow-Origin"] == [origin]
        assert answer["multiValueHeaders"]["vary"] == ["Origin, Accept"]
    assert SHARED.body == {"op": "shared"}


def raising_afterwards(app: Any, next_middleware: Next) -> Response[Any]:
    next_middleware(app)
    raise RuntimeError("broken")


def returning(value: Any) -> Callable[..., Any]:
    def middleware(app: Any, next_middleware: Next) -> Any:
        return value

    return middleware


def changing(**changes: Any) -> Callable[..., Any]:
    def middleware(app: Any, next_middleware: Next) -> Any:
        response = next_middleware(app)
        for name, value in changes.items():
            setattr(response, name, value)
        return response

    return middleware


JSON = "application/json"


@pytest.mark.parametrize(
    "middleware",
    [
        raising_afterwards,
        returning(({"op": "x"}, 200)),
        returning(Response(418, JSON, "{}")),
        returning(Response("many", JSON, "{}")),  # type: ignore[arg-type]
        returning(Response(200, JSON, '{"not": "op"}')),
        returning(Response(200, JSON, "not json")),
        returning(Response(200, JSON, {"op": object()})),
        returning(Response(200, JSON, {"op": float("nan")})),
        returning(Response(200, JSON, {"op": "\ud800"})),
        returning(Response(200, "text/plain", "op")),
        returning(Response(200, JSON)),
        changing(body="{}"),
        changing(body=None),
        changing(status_code=201),
        changing(headers={"Content-Type": "text/plain"}),
        changing(headers={"Content-Type": JSON, "X-Number": {5}}),
    ],
)
def test_a_wrong_middleware_is_a_500_problem_and_one_error_in_the_log(
    compiled: ModuleType,
    logger: Logger,
    log: io.StringIO,
    middleware: Callable[..., Any],
) -> None:
    handler = lambda_handler(compiled, operations(), middlewares=[middleware], logger=logger)
    answer = handler(GET, None)
    assert answer["statusCode"] == 500
    assert answer["multiValueHeaders"]["Content-Type"] == ["application/problem+json"]
    assert json.loads(answer["body"])["status"] == 500
    assert len(errors_logged(log)) == 1
    assert handler({**GET, "httpMethod": "POST"}, None)["statusCode"] == 500


def test_responses_of_middlewares_are_sent_in_report_mode_and_off(
    compiled: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for mode in ("report", "off"):
        monkeypatch.setenv("RESPONSE_VALIDATION", mode)
        handler = lambda_handler(
            compiled, operations(), middlewares=[returning(Response(418, JSON, "{}"))]
        )
        assert handler(GET, None)["statusCode"] == 418


class ConflictError(Exception):
    pass


class NarrowConflictError(ConflictError):
    pass


def test_exception_handlers_are_found_by_type(compiled: ModuleType) -> None:
    def conflict(error: Exception) -> Response[Any]:
        return Response(409, "application/problem+json", {"title": str(error)})

    for error, status in (
        (ConflictError("x"), 409),
        (NarrowConflictError("x"), 409),
        (KeyError("x"), 500),
        (BadRequestError("x"), 400),
        (Problem(409, "x"), 409),
        (Problem(418, "x"), 500),
    ):
        handler = lambda_handler(
            compiled, operations(error), exception_handlers={ConflictError: conflict}
        )
        answer = handler(GET, None)
        assert answer["statusCode"] == status
        assert answer["multiValueHeaders"]["Content-Type"] == ["application/problem+json"]
        assert "Access-Control-Allow-Origin" in answer["multiValueHeaders"]


def test_a_handler_for_problem_replaces_the_format_and_one_for_exception_does_not(
    compiled: ModuleType,
) -> None:
    def short(error: Any) -> Response[Any]:
        return Response(409, "application/problem+json", {"short": getattr(error, "status", 0)})

    def answered(kind: type[Exception], error: Exception) -> Any:
        handler = lambda_handler(compiled, operations(error), exception_handlers={kind: short})
        return json.loads(handler(GET, None)["body"])

    assert answered(Problem, Problem(409)) == {"short": 409}
    assert answered(Exception, KeyError()) == {"short": 0}
    assert answered(Exception, Problem(409))["title"] == "Conflict"


def test_a_problem_of_a_middleware_is_validated_as_one_of_the_operation(
    compiled: ModuleType,
) -> None:
    for status, sent in ((409, 409), (418, 500)):

        def refuse(app: Any, next_middleware: Next, status: int = status) -> Response[Any]:
            raise Problem(status, "no")

        handler = lambda_handler(compiled, operations(), middlewares=[refuse])
        assert handler(GET, None)["statusCode"] == sent


def test_the_response_of_an_exception_handler_is_validated(
    compiled: ModuleType, logger: Logger, log: io.StringIO
) -> None:
    handler = lambda_handler(
        compiled,
        operations(ConflictError()),
        exception_handlers={ConflictError: lambda error: Response(418, JSON, "")},
        logger=logger,
    )
    answer = handler(GET, None)
    assert (answer["statusCode"], json.loads(answer["body"])["status"]) == (500, 500)
    assert len(errors_logged(log)) == 1


def test_a_middleware_can_have_the_response_compressed(compiled: ModuleType) -> None:
    handler = lambda_handler(compiled, operations(), middlewares=[changing(compress=True)])
    plain = handler(GET, None)
    packed = handler({**GET, "multiValueHeaders": {"Accept-Encoding": ["br, gzip"]}}, None)
    assert "Content-Encoding" not in plain["multiValueHeaders"]
    assert packed["multiValueHeaders"]["Content-Encoding"] == ["gzip"]
    assert gzip.decompress(base64.b64decode(packed["body"])).decode() == plain["body"]


def test_an_unknown_operation_is_for_the_handler_of_not_found(compiled: ModuleType) -> None:
    handler = lambda_handler(
        compiled,
        operations(),
        exception_handlers={NotFoundError: lambda error: Response(404, JSON, {"gone": True})},
    )
    answer = handler({**GET, "resource": "/none"}, None)
    assert (answer["statusCode"], answer["body"]) == (404, '{"gone":true}')


def test_wrong_arguments_are_listed_at_once(compiled: ModuleType) -> None:
    with pytest.raises(StartError) as caught:
        lambda_handler(
            compiled,
            operations(),
            middlewares=["x"],  # type: ignore[list-item]
            operation_middlewares={"nothing": [pass_through], "other": [], "readShelf": [5]},  # type: ignore[list-item]
            exception_handlers={int: pass_through, KeyError: 5},  # type: ignore[dict-item]
        )
    assert len(caught.value.reasons) == 6
    for words in ("'nothing' is not an operation", "'other'", "['readShelf']: 5 is not a function"):
        assert any(words in reason for reason in caught.value.reasons), words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"middlewares": pass_through}, ["middlewares: ", "is not a list of middlewares"]),
        (
            {"operation_middlewares": {"read_shelf": pass_through, "other": []}},
            ["operation_middlewares['read_shelf']: ", "'other' is not an operation"],
        ),
        (
            {"operation_middlewares": [1], "exception_handlers": [2], "middlewares": 3},
            ["operation_middlewares: [1]", "exception_handlers: [2]", "middlewares: 3"],
        ),
    ],
)
def test_arguments_of_another_shape_are_listed_with_the_rest(
    compiled: ModuleType, arguments: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(StartError) as caught:
        lambda_handler(compiled, operations(), **arguments)
    for each in words:
        assert any(each in reason for reason in caught.value.reasons), caught.value.reasons


def test_violations_are_counted_in_the_users_metrics(
    compiled: ModuleType, logger: Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics = Metrics(namespace="Shelves", service="shelves")
    handler = lambda_handler(compiled, operations({"no": 1}), logger=logger, metrics=metrics)
    assert handler(GET, None)["statusCode"] == 500
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (metric,) = [line for line in lines if "_aws" in line]
    assert metric["ContractViolations"] == [1.0]
    assert metric["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Shelves"
    assert (metric["service"], metric["operation"]) == ("shelves", "listShelves")
    assert metrics.provider.metric_set == {}


def test_metrics_that_cannot_be_written_do_not_change_the_response(
    compiled: ModuleType, logger: Logger, log: io.StringIO
) -> None:
    metrics = Metrics(service="shelves")  # no namespace
    handler = lambda_handler(compiled, operations(), logger=logger, metrics=metrics)
    metrics.add_metric("Requests", "Count", 1)
    assert handler(GET, None)["statusCode"] == 200
    assert [line["message"] for line in errors_logged(log)] == ["the metrics cannot be written"]
    assert handler(GET, None)["statusCode"] == 200
    assert errors_logged(log) == []


class Tracing:
    """The two methods of Powertools' Tracer that the engine calls; the SDK is not installed."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def capture_lambda_handler(self, handler: Handler) -> Handler:
        return self._noted("handler", handler)

    def capture_method(self, method: Callable[..., Any]) -> Callable[..., Any]:
        return self._noted("method", method)

    def _noted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.seen.append(name)
            return function(*arguments, **named)

        return call


def test_a_tracer_captures_the_handler_and_the_operation(compiled: ModuleType) -> None:
    tracer = Tracing()
    handler = lambda_handler(compiled, operations(), tracer=tracer)  # type: ignore[arg-type]
    assert handler(GET, None)["statusCode"] == 200
    assert tracer.seen == ["handler", "method"]


def test_a_reply_keeps_its_headers_when_a_middleware_adds_one(compiled: ModuleType) -> None:
    def add(app: Any, next_middleware: Next) -> Response[Any]:
        response = next_middleware(app)
        response.headers["X-B"] = ["1", "2"]
        return response

    answer = lambda_handler(
        compiled, operations(Reply({"op": "x"}, headers={"X-A": "a"})), middlewares=[add]
    )(GET, None)
    headers = answer["multiValueHeaders"]
    assert (answer["statusCode"], headers["X-A"], headers["X-B"]) == (200, ["a"], ["1", "2"])
