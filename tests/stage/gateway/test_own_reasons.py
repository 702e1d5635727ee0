"""The reasons of a refused body never hold up a stage, and are asked for only where they help."""

from __future__ import annotations

import asyncio
import logging
import threading
import time

import pytest

from openapi_first.stage.gateway.observation import Observation
from openapi_first.stage.gateway.own_reasons import OwnReasons, Reasons
from openapi_first.stage.messages.request import StageRequest
from openapi_first.stage.messages.response import StageResponse
from openapi_first.stage.models.validation_messages import describe_limit

REQUEST = StageRequest("POST", "/prod/a", "", (), b"{}", "127.0.0.1")


def response(answered_by: str = "BAD_REQUEST_BODY") -> StageResponse:
    return StageResponse(400, (), b"", answered_by)


def observed(
    own: OwnReasons, reasons: Reasons, answer: StageResponse, reason: str | None = None
) -> tuple[str, ...]:
    observation = Observation(reason=reason)
    asyncio.run(own.observe(reasons, "POST /a", REQUEST, answer, observation))
    return observation.own_reasons


def test_they_are_noted_for_a_refused_body_only() -> None:
    own, asked = OwnReasons(), list[str]()

    def reasons(operation: str, _: StageRequest) -> tuple[str, ...]:
        asked.append(operation)
        return ("/a is missing",)

    assert observed(own, Reasons(reasons), response()) == ("/a is missing",)
    assert observed(own, Reasons(reasons), response("lambda")) == ()
    assert observed(own, Reasons(reasons), response(), f"no match: {describe_limit('(a+)+')}") == ()
    assert asked == ["POST /a"]
    own.close()


def test_quick_reasons_need_no_thread() -> None:
    own, threads = OwnReasons(), list[threading.Thread]()

    def quick(_: str, __: StageRequest) -> tuple[str, ...]:
        threads.append(threading.current_thread())
        return ("/a is missing",)

    def never(_: str, __: StageRequest) -> tuple[str, ...]:
        raise AssertionError

    assert observed(own, Reasons(never, quick), response()) == ("/a is missing",)
    assert threads == [threading.current_thread()]


def test_a_response_does_not_wait_for_slow_reasons() -> None:
    own, ended = OwnReasons(), threading.Event()

    def slow(_: str, __: StageRequest) -> tuple[str, ...]:
        ended.wait(10)
        return ("late",)

    started = time.monotonic()
    assert observed(own, Reasons(slow), response()) == ()
    assert observed(own, Reasons(slow), response()) == ()  # at once: one is under way
    assert time.monotonic() - started < 3
    ended.set()
    own.close()


def test_an_error_is_logged_and_the_stage_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    own = OwnReasons()

    def wrong(_: str, __: StageRequest) -> tuple[str, ...]:
        raise RuntimeError("odd")

    with caplog.at_level(logging.ERROR):
        assert observed(own, Reasons(wrong), response()) == ()
    assert "odd" in caplog.text
    own.close()
