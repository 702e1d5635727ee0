"""What `current_request()` offers to an operation."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from openapi_first.runtime import Request, current_request
from openapi_first.runtime.proxy_event import ProxyEvent
from support.compiled import contract_of, event, serve


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 900


@pytest.mark.parametrize(
    ("authorizer", "claims"),
    [
        ({"claims": {"sub": "me"}}, {"sub": "me"}),
        ({"claims": {"sub": "me"}, "scopes": ["a"]}, {"sub": "me"}),
        ({"principalId": "p", "tenant": "t"}, {"principalId": "p", "tenant": "t"}),
        ({"claims": None, "tenant": "t"}, {"claims": None, "tenant": "t"}),
        (None, {}),
    ],
)
def test_an_operation_sees_the_event_the_caller_and_the_context(
    tmp_path: Path, authorizer: Any, claims: dict[str, Any]
) -> None:
    seen: list[Any] = []

    def look() -> dict[str, Any]:
        request = current_request()
        assert request.event.http_method == "GET"
        assert request.event["headers"]["X-A"] == "2"
        assert (request.headers["x-a"], request.headers.get("X-NONE")) == ("1, 2", None)
        assert request.query == {"q": ["1", "2"]}
        assert (request.source_ip, request.api_key_id) == ("192.0.2.1", "k")
        assert (request.request_id, request.path) == ("r", "/prod/things")
        assert request.remaining_time_in_millis() == 900
        assert isinstance(request.context, Context)
        seen.append(request.claims)
        return {}

    handler, _ = serve(tmp_path, contract_of(), look)
    sent = event(headers={"X-A": ["1", "2"]}, query={"q": ["1", "2"]})
    sent["requestContext"] = {
        "requestId": "r",
        "path": "/prod/things",
        "identity": {"sourceIp": "192.0.2.1", "apiKeyId": "k"},
        "authorizer": authorizer,
    }
    assert handler(sent, Context())["statusCode"] == 200
    assert seen == [claims]


def test_without_an_authorizer_or_a_context_there_is_nothing_to_see(tmp_path: Path) -> None:
    def look() -> dict[str, Any]:
        request = current_request()
        assert (request.source_ip, request.api_key_id, request.claims) == (None, None, {})
        with pytest.raises(RuntimeError, match="without a Lambda context"):
            request.remaining_time_in_millis()
        return {}

    handler, _ = serve(tmp_path, contract_of(), look)
    assert handler(event(), None)["statusCode"] == 200


class Ending:
    """A Lambda context whose call ends after some seconds."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self._end - time.monotonic()) * 1000)


@pytest.mark.parametrize(
    ("left", "seconds"), [(None, 28.0), (900, 28.0), (25, 24.0), (3, 2.7), (0, 0.0)]
)
def test_the_deadline_leaves_time_for_the_response(left: float | None, seconds: float) -> None:
    before = time.monotonic()
    request = Request(ProxyEvent(event()), None if left is None else Ending(left))
    deadline, slack = request.deadline, 0.01
    assert before + seconds - slack <= deadline <= time.monotonic() + seconds + slack
    assert request.deadline == deadline
