"""What functions and middlewares return and raise when they are wrong."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response
from aws_lambda_powertools.event_handler.exceptions import BadRequestError, NotFoundError

from openapi_first.runtime import Problem, Reply


def _deep() -> Any:
    value: Any = {}
    for _ in range(5000):
        value = {"a": value}
    return value


def _raising(kind: Callable[..., BaseException], *given: Any, **named: Any) -> Callable[[], Any]:
    def function() -> Any:
        raise kind(*given, **named)

    return function


class Own(Exception):
    """Has an exception handler."""


_DEEP = _deep()
RESULTS: tuple[Callable[[], Any], ...] = (
    *[dict] * 12,
    lambda: None,
    lambda: Reply({}, "200"),  # type: ignore[arg-type]
    lambda: Reply({}, 299),
    lambda: Reply({}, headers={"X-Count": 7, "X-List": [1, 2]}),
    lambda: Reply({}, headers={"X-Count": "many"}),
    lambda: Reply({}, headers={"X-A": "b\r\nc"}),
    lambda: Reply({}, headers={"X-A": "\ud800"}),
    lambda: Reply({}, headers=None),  # type: ignore[arg-type]
    lambda: Reply({}, headers={"X-H": {"a": [1]}, "Content-Type": "text/html"}),  # type: ignore[dict-item]
    lambda: Reply({}, media_type="a\r\nb"),
    lambda: Reply("text", media_type="text/plain"),
    lambda: Reply("a,b", 201),
    lambda: Reply(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}),
    lambda: Reply({}, 204),
    lambda: Reply(b"\xff"),
    lambda: Reply(b"\x89PNG", media_type="image/png"),
    lambda: "text",
    lambda: {"a": "\ud800"},
    lambda: {"a": float("nan")},
    lambda: {"a": {1, 2}},
    lambda: {1: 2},
    lambda: {"a": 10**5000},
    lambda: _DEEP,
    _raising(Problem, 503, headers={"Retry-After": 1}),
    _raising(Problem, "400"),
    _raising(Problem, 418, "\ud800"),
    _raising(Problem, 409, errors=["a"]),
    _raising(LookupError, "the operation"),
    _raising(Own, "the operation"),
    _raising(BadRequestError, "no"),
    _raising(NotImplementedError),
    _raising(RecursionError),
    _raising(SystemExit, 3),
)

_RESPONSES: tuple[Callable[[], Any], ...] = (
    lambda: None,
    lambda: Response(200, "application/json", "{}"),
    lambda: Response(200, "application/json", "{"),
    lambda: Response(200, "application/json", {"a": "\ud800"}),
    lambda: Response(200, "application/json", _DEEP),
    lambda: Response("200", "text/plain", "a"),  # type: ignore[arg-type]
    lambda: Response(204),
    lambda: Response(304, body="a"),
    lambda: Response(302, headers={"Location": "a\r\nb"}),
    lambda: Response(200, "text/csv", b"\xff", {"X": 1}),  # type: ignore[dict-item]
    lambda: Response(200, None, "text", {"X": ["a", "b"]}),
    lambda: Response(200, "application/json", "{}", compress=True),
    lambda: Response(999, "application/json", "{}"),
    _raising(Problem, 429, "slowly", headers={"Retry-After": "1"}),
    _raising(Problem, 502),
    _raising(Own),
    _raising(NotFoundError, "none"),
)


def middleware(random: Random) -> Callable[..., Any]:
    """Passes the response on, in most cases; else it changes it, replaces it or fails."""

    def odd(app: Any, next_middleware: Callable[[Any], Any]) -> Any:
        action = random.random()
        if action < 0.05:
            return random.choice(_RESPONSES)()
        response = next_middleware(app)
        if action < 0.1:
            response.headers[random.choice(("X-A", "content-type", ""))] = random.choice(
                ("a", ["a", "b"], "text/html", 1, None, "\r\n")
            )
        elif action < 0.15:
            response.body = random.choice(("", "{}", b"{}", None, {}, "\ud800"))
        elif action < 0.18:
            response.status_code = random.choice((200, 404, 500, 299, "200", None, 204))
        elif action < 0.2:
            response.compress = True
        elif action < 0.25:
            return random.choice(_RESPONSES)()
        return response

    return odd


def own_handler(random: Random) -> Callable[[Exception], Any]:
    """The exception handler for Own."""
    return lambda _: random.choice(_RESPONSES)()
