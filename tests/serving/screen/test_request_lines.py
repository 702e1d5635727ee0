"""One line for each request, whatever was sent; reasons only where it failed."""

from __future__ import annotations

import io
import json
import sys

import pytest

from openapi_first import runtime
from openapi_first.serving.screen.request_lines import print_access, print_output
from openapi_first.stage.app import AccessRecord


class Output(io.TextIOWrapper):
    def __init__(self, encoding: str, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, write_through=True)
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def printed(
    monkeypatch: pytest.MonkeyPatch,
    record: AccessRecord,
    *,
    encoding: str = "utf-8",
    terminal: bool = False,
    no_color: str = "",
) -> str:
    output = Output(encoding, terminal)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", output)
        patch.setenv("NO_COLOR", no_color)
        print_access(record)
    assert isinstance(output.buffer, io.BytesIO)
    return output.buffer.getvalue().decode(encoding)


def record(path: str = "/prod/a", status: int = 200, **more: object) -> AccessRecord:
    answered_by = "lambda" if status < 400 else "BAD_REQUEST_BODY"
    return AccessRecord("GET", path, status, answered_by, 3.2, "id", **more)  # type: ignore[arg-type]


def test_a_request_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed(monkeypatch, record()) == "GET /prod/a 200 (lambda, 3 ms)\n"


def test_a_failure_has_its_reasons_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = record(status=400, reason="[no]\nsecond", own_reasons=("/a is missing", "…"))
    assert printed(monkeypatch, failed) == (
        "GET /prod/a 400 (BAD_REQUEST_BODY, 3 ms)\n    [no]\\x0asecond\n    /a is missing\n    …\n"
    )


@pytest.mark.parametrize(("status", "colour"), [(204, 32), (304, 36), (404, 33), (501, 31)])
def test_the_status_is_coloured_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, status: int, colour: int
) -> None:
    found = record(f"/prod/ {status} (", status)
    coloured = printed(monkeypatch, found, terminal=True)
    assert coloured.startswith(f"GET /prod/ {status} ( \x1b[{colour}m{status}\x1b[0m (")
    assert "\x1b" not in printed(monkeypatch, found)
    assert "\x1b" not in printed(monkeypatch, found, terminal=True, no_color="1")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_no_path_can_command_the_terminal_or_stop_the_stage(
    monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    hostile = "/prod/\x1b[2J\r\n\x9b\u65e5\udcff" + "x" * 10_000
    text = printed(monkeypatch, record(hostile, 400, reason=hostile), encoding=encoding)
    first, second, end = text.split("\n")
    assert end == ""
    assert len(text) < 4000
    assert not any(ord(each) < 32 or 0x7F <= ord(each) < 0xA0 for each in first + second)
    assert "… (10" in first or "\\u2026 (10" in first


def test_the_runtimes_line_for_a_request_is_not_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_output(json.dumps({"level": "INFO", "message": "request served", "status": 500}))
    assert capsys.readouterr().out == ""
    print_output("request served")
    print_output("")
    assert capsys.readouterr().out == "  | request served\n  | \n"


def test_a_traceback_that_a_function_prints_stays_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    printed = (
        "Traceback (most recent call last):",
        f'  File "{runtime.__file__}", line 1, in resolve',
        "    return self._build_response(self._resolve())",
        "ValueError: no",
    )
    for line in printed:
        print_output(line)
    assert capsys.readouterr().out.splitlines() == [f"  | {line}" for line in printed]


@pytest.mark.parametrize(
    ("violations", "shown"),
    [
        ('[string "se"cr"et" is too long (length: 9)]', "[string … is too long (length: 9)]"),
        (
            '["a" in "b", numeric instance (minimum: 9, found: 123)]',
            "[…, numeric instance (minimum: 9, found: …)]",
        ),
        (
            "[numeric instance (minimum: 9, found: 123)]",
            "[numeric instance (minimum: 9, found: …)]",
        ),
        ("[instance value (123) not found]", "[instance value (…) not found]"),
    ],
)
def test_nothing_of_a_body_is_printed(
    monkeypatch: pytest.MonkeyPatch, violations: str, shown: str
) -> None:
    kind = "Request body does not match model schema for content type application/json"
    refused = record(status=400, reason=f"{kind}: {violations}")
    text = printed(monkeypatch, refused)
    assert f"    {kind}: {shown}\n" in text
    assert not any(secret in text for secret in ('cr"', '"a"', "123"))
    explained = record(status=400, reason=refused.reason, own_reasons=("/a is too long",))
    assert printed(monkeypatch, explained).splitlines()[1:] == [f"    {kind}", "    /a is too long"]
