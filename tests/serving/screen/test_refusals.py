"""A refused request is explained, whether its log line or its response comes first."""

from __future__ import annotations

import json

import pytest

from openapi_first.serving.screen.refusals import Refusals
from openapi_first.serving.screen.request_lines import print_access, print_output
from openapi_first.stage.app import AccessRecord

LINE = {"correlation_id": "1", "refused_by": "contract", "refused_for": ["query a: /type", "body"]}


def test_the_line_may_come_before_the_response_or_after_it() -> None:
    refusals, text = Refusals(), "refused by the contract: query a: /type; body"
    assert (refusals.note(LINE), refusals.of("1")) == (None, text)
    assert (refusals.of("1"), refusals.note(LINE)) == (None, text)
    assert refusals.note({"correlation_id": "2", "refused_by": "service"}) is None
    assert refusals.of("2") == "refused by the service"


def test_a_request_that_was_served_is_not_kept_and_others_not_for_ever() -> None:
    refusals = Refusals()
    assert refusals.note({"correlation_id": "1"}) is None
    for number in range(1000):
        refusals.note({**LINE, "correlation_id": str(number)})
    assert refusals.of("1") is None
    assert refusals.of("999")


@pytest.mark.parametrize("early", [True, False])
def test_it_is_printed_below_the_request(early: bool, capsys: pytest.CaptureFixture[str]) -> None:
    record = AccessRecord("GET", "/prod/a", 400, "lambda", 3.2, f"id-{early}")
    line = {**LINE, "message": "request served", "correlation_id": f"id-{early}"}
    steps = [lambda: print_output(json.dumps(line)), lambda: print_access(record)]
    for step in steps if early else reversed(steps):
        step()
    assert capsys.readouterr().out == (
        "GET /prod/a 400 (lambda, 3 ms)\n    refused by the contract: query a: /type; body\n"
    )


def test_a_traceback_is_printed_once_and_then_only_its_exception(
    capsys: pytest.CaptureFixture[str],
) -> None:
    link = "During handling of the above exception, another exception occurred:"
    frames = {name: f'  File "{name}", line 1, in x\n    x()' for name in (json.__file__, "own.py")}
    library, own = frames.values()
    head = "Traceback (most recent call last):"
    led_to_it = (head, library, "KeyError: 1", "", link, "", head, library, "KeyError: 2", "", link)
    trace = "\n".join((*led_to_it, "", head, own, library, "KeyError: 3"))
    for number in (1, 2):
        print_output(json.dumps({"level": "ERROR", "message": f"m{number}", "exception": trace}))
    shown = (
        "ERROR   m1",
        head,
        "KeyError: 1",
        "",
        link,
        "",
        head,
        *own.splitlines(),
        "KeyError: 3",
    )
    again = ("ERROR   m2", "(the same traceback as before)", "KeyError: 3")
    assert capsys.readouterr().out.splitlines() == [f"  | {line}" for line in (*shown, *again)]
