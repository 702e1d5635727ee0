"""When Ctrl-C is obeyed while requests are sent."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator

import pytest

from openapi_first.conformance.http.interrupts import Interrupts


@pytest.fixture(autouse=True)
def python_handles_signals() -> Iterator[None]:
    before = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    }
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def request(interrupts: Interrupts, signals: int, rest: Callable[[], object]) -> None:
    """What happens while a request is under way: Ctrl-C, some times, and then the rest of it."""
    with interrupts.held():
        for _ in range(signals):
            signal.raise_signal(signal.SIGINT)
        rest()


def test_a_request_that_is_under_way_ends_first() -> None:
    steps: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        request(Interrupts(), 1, lambda: steps.append("answered"))
    assert steps == ["answered"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_second_signal_is_obeyed_at_once() -> None:
    steps: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        request(Interrupts(), 2, lambda: steps.append("answered"))
    assert steps == []


@pytest.mark.parametrize("signals", [0, 1])
def test_a_pause_is_not_waited_for(signals: int) -> None:
    interrupts = Interrupts()
    if not signals:
        signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
        signal.setitimer(signal.ITIMER_REAL, 0.05)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        request(interrupts, signals, lambda: interrupts.sleep(30))
    assert time.monotonic() - started < 10


def test_an_interrupt_is_not_lost_to_an_error_of_the_request() -> None:
    def fails() -> None:
        raise ConnectionError

    with pytest.raises(KeyboardInterrupt):
        request(Interrupts(), 1, fails)


def test_a_handler_that_somebody_else_has_set_stays() -> None:
    seen: list[str] = []
    signal.signal(signal.SIGTERM, lambda *_: seen.append("theirs"))
    with Interrupts().held():
        signal.raise_signal(signal.SIGTERM)
    assert seen == ["theirs"]
