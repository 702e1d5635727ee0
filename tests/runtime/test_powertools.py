"""Where the engine takes a shorter way than Powertools, the answer is the one of the longer way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import ResponseBuilder
from aws_lambda_powertools.event_handler.exceptions import BadRequestError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.runtime import Problem, Reply, lambda_handler
from openapi_first.runtime.resolver import ContractResolver, answer_of
from support.compiled import Operations, compiled_module, contract_of, event

_ANSWERS: dict[str, Callable[[], Any]] = {
    "a value": lambda: {"a": [1, 2.5, "é", None]},
    "headers": lambda: Reply({}, headers={"ETag": '"1"', "Set-Cookie": ["a=1", "b=2"], "X": 5}),
    "no content": lambda: Reply(None, 204),
    "bytes": lambda: Reply(b"\xff", media_type="application/octet-stream"),
    "a problem": lambda: _raise(Problem(404, "none", headers={"Retry-After": "1"})),
    "an exception": lambda: _raise(RuntimeError("secret")),
    "an exception with a handler": lambda: _raise(KeyError("k")),
    "an error of Powertools": lambda: _raise(BadRequestError("no")),
    "not JSON": lambda: {"a": {1}},
    "not as declared": lambda: Reply({}, 299),
}


def _raise(error: Exception) -> Any:
    raise error


def _pass_through(app: Any, next_middleware: Callable[[Any], Response[Any]]) -> Response[Any]:
    return next_middleware(app)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    content = {"description": "", "content": {"application/json": {}, "application/*": {}}}
    responses = {"200": content, "204": {"description": ""}, "404": content, "400": content}
    folder: Path = tmp_path_factory.mktemp("powertools")
    return compiled_module(folder, contract_of(responses=responses))


@pytest.mark.parametrize("name", sorted(_ANSWERS))
@pytest.mark.parametrize("resource", ["/things", "/none"])
def test_middlewares_that_do_nothing_change_nothing(
    compiled: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str, resource: str
) -> None:
    operations = Operations("operations")
    operations.call = lambda **_: _ANSWERS[name]()  # type: ignore[attr-defined]
    handlers = {KeyError: lambda error: Response(200, "application/json", f'"{error!r}"')}

    def answer(**options: Any) -> dict[str, Any]:
        handler = lambda_handler(compiled, operations, exception_handlers=handlers, **options)
        return handler(event(resource=resource), None)

    plain = answer()
    assert answer(middlewares=[_pass_through]) == plain
    assert answer(operation_middlewares={"call": [_pass_through]}) == plain
    monkeypatch.setenv("POWERTOOLS_DEV", "true")
    with pytest.warns(UserWarning, match="POWERTOOLS_DEV"):
        assert answer() == plain


_LINES = st.text(st.characters(max_codepoint=255))


@given(
    status=st.integers(200, 599),
    headers=st.dictionaries(_LINES, _LINES | st.lists(_LINES, min_size=1)),
    body=st.text(),
    encoded=st.booleans(),
)
def test_the_answer_is_the_one_that_powertools_builds(
    status: int, headers: dict[str, Any], body: str, encoded: bool
) -> None:
    response: Response[Any] = Response(status, body=body, headers=headers)
    response.base64_encoded = encoded
    built: Any = ResponseBuilder(response).build(APIGatewayProxyEvent(event()))
    assert answer_of(response) == built


def test_powertools_calls_what_the_engine_replaces() -> None:
    own = {name for name in vars(ContractResolver) if callable(getattr(ContractResolver, name))}
    replaced = {name for name in own if callable(getattr(APIGatewayRestResolver, name, None))}
    assert replaced - {"__init__"} == {
        *("_build_response", "_call_exception_handler", "_call_route"),
        *("_resolve", "_to_proxy_event", "_to_response"),
    }


def test_the_event_is_of_powertools_class(compiled: ModuleType) -> None:
    found: list[Any] = []

    def note(app: Any, next_middleware: Callable[[Any], Response[Any]]) -> Response[Any]:
        found.append((app.current_event, app.request))
        return next_middleware(app)

    operations = Operations("operations")
    operations.call = lambda **_: {}  # type: ignore[attr-defined]
    sent = event()
    lambda_handler(compiled, operations, middlewares=[note])(sent, None)
    ((current, request),) = found
    plain = APIGatewayRestResolver()._to_proxy_event(sent)
    assert type(current) is type(plain)
    assert current == plain
    assert request.path_parameters == {}


@pytest.mark.parametrize("resource", [["/things"], {}, None, 5])
def test_head_gets_no_content_whatever_the_event_is(compiled: ModuleType, resource: Any) -> None:
    operations = Operations("operations")
    operations.call = lambda **_: {}  # type: ignore[attr-defined]
    handler = lambda_handler(compiled, operations)
    answer = handler(event(method="HEAD") | {"resource": resource}, None)
    assert (answer["statusCode"], answer["body"]) == (500, "")
    assert int(answer["multiValueHeaders"]["Content-Length"][0]) > 0
