"""The function's output: for people, or as it is."""

import asyncio
import json

import pytest

from openapi_first.stage.functions.logs import forward, pretty
from openapi_first.stage.functions.process_environment import ProcessEnvironment


@pytest.mark.parametrize(
    "line", ["", "hello", "{not json", '{"a": 1}', '{"message": "no level"}', "[1]", "3"]
)
def test_what_is_no_log_record_is_passed_on_untouched(line):
    assert pretty(line) == line


def test_a_record_becomes_time_level_message_and_what_is_particular_to_it():
    record = {
        "level": "INFO",
        "location": "create:12",
        "message": "created",
        "timestamp": "2026-03-18 12:34:56,789+0000",
        "service": "items",
        "item": "7",
        "size": 3,
    }
    assert pretty(json.dumps(record)) == "12:34:56 INFO    created item=7 size=3"


def test_a_traceback_is_shown_in_lines_of_its_own():
    record = {"level": "ERROR", "message": "no", "exception": "Traceback\n  File x\nValueError"}
    assert pretty(json.dumps(record)).splitlines()[1:] == ["Traceback", "  File x", "ValueError"]


def test_metrics_are_shown_by_name_and_value():
    record = {
        "_aws": {"CloudWatchMetrics": [{"Namespace": "n", "Metrics": [{"Name": "Created"}]}]},
        "Created": [1.0],
    }
    assert pretty(json.dumps(record)) == "metrics Created=[1.0]"


@pytest.mark.parametrize(
    "odd", [{"_aws": {}}, {"_aws": {"CloudWatchMetrics": [1, {"Metrics": 1}, {"Metrics": [2]}]}}]
)
def test_metrics_that_are_none_are_no_traceback(odd):
    assert pretty(json.dumps(odd)).startswith("metrics")


def test_everything_a_function_prints_is_told_line_by_line(configure):
    async def scenario():
        lines = []
        environment = await ProcessEnvironment.start(configure(on_output=lines.append))
        await environment.invoke(b"{}")
        await environment.kill()
        return lines

    lines = asyncio.run(scenario())
    assert lines[0] == "printed to the terminal"
    assert lines[1].endswith("logged by the function")


def test_what_is_printed_while_loading_fails_is_told_too(configure):
    async def scenario():
        lines = []
        with pytest.raises(Exception, match="nothing_like_it"):
            await ProcessEnvironment.start(
                configure("handlers.nothing_like_it", on_output=lines.append)
            )

    asyncio.run(scenario())


def test_a_line_without_end_is_told_in_pieces_and_bad_bytes_are_replaced():
    async def scenario():
        stream, lines = asyncio.StreamReader(), []
        stream.feed_data(b"\xff\n" + b"x" * 2_500_000 + b"\nlast")
        stream.feed_eof()
        await forward(stream, lines.append)
        return lines

    lines = asyncio.run(scenario())
    assert lines[0] == "\ufffd"
    assert lines[-1] == "last"
    assert sum(map(len, lines[1:-1])) == 2_500_000
    assert max(map(len, lines)) < 1_100_000
