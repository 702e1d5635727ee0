"""Each type of argument takes what is allowed and says so for everything else."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openapi_first.cli.options import argument_types as types


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (types.output, "a.json", Path("a.json")),
        (types.output, "-", None),
        (types.output_file, "a.json", Path("a.json")),
        (types.seconds, "-0.5", -0.5),
        (types.positive_number, "1e-3", 0.001),
        (types.percentage, "100", 100.0),
        (types.integer, "-3", -3),
        (types.count, "0", 0),
        (types.positive_count, "1", 1),
        (types.port, "0", 0),
        (types.port, "65535", 65535),
        (types.stage_name, "v_1-a", "v_1-a"),
        (types.api_key, "k" * 20, "k" * 20),
        (types.handler, "app.handler", "app.handler"),
        (types.handler, "shop.app.handler", "shop.app.handler"),
        (types.function, "guard-1=shop.guard", ("guard-1", "shop.guard")),
        (types.environment_variable, "A", ("A", None)),
        (types.environment_variable, "A=", ("A", "")),
        (types.environment_variable, "A=b=c", ("A", "b=c")),
        (types.stage_variable, "f=a=b", ("f", "a=b")),
        (types.claim, "sub=me", ("sub", "me")),
        (types.claim, "admin=true", ("admin", True)),
        (types.claim, "deep=" + "[" * 100_000, ("deep", "[" * 100_000)),
        (types.quota, "10/day", (10, "DAY")),
        (types.endpoint_url, "http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        (types.origin, "https://a.example:8443", "https://a.example:8443"),
        (
            types.upstream,
            "https://a.internal/v1=http://127.0.0.1:80",
            ("https://a.internal/v1", "http://127.0.0.1:80"),
        ),
        (types.origin_or_any, "*", "*"),
        (types.condition_key, "aws:SourceVpce=vpce-1", ("aws:SourceVpce", "vpce-1")),
        (types.condition_key, "aws:PrincipalTag/a=b=c", ("aws:PrincipalTag/a", "b=c")),
        (types.condition_key, "aws:UserAgent=", ("aws:UserAgent", "")),
    ],
)
def test_what_is_allowed_is_taken(kind: Callable[[str], Any], text: str, value: object) -> None:
    assert kind(text) == value


@pytest.mark.parametrize(
    ("kind", "texts", "what"),
    [
        (types.seconds, ("", "x", "nan", "inf", "1e300", "-1e300"), "a number of seconds"),
        (types.positive_number, ("0", "-1", "x", "inf", "nan", "1e300"), "a positive number"),
        (types.percentage, ("0", "100.1", "nan", "x"), "a percentage"),
        (types.integer, ("", "1.5", "1_0", "9" * 19, "٣"), "a whole number"),
        (types.count, ("", "-1", "1.0", "9" * 5000, "²"), "a count"),
        (types.positive_count, ("0", "-1", "x"), "a count"),
        (types.port, ("65536", "-1", "", "http", " 1"), "a port number"),
        (types.stage_name, ("", "a/b", "a" * 129, "ü", "_stage"), "a stage name"),
        (types.handler, ("", "handler", "a.", "a..b", "a.b-c", "a/b.c"), "a handler"),
        (types.function, ("", "guard", "guard=handler", "=a.b", "a b=a.b"), "a function"),
        (types.environment_variable, ("", "=", "=a"), "an environment variable"),
        (types.stage_variable, ("", "a", "=a", "a-b=c"), "a stage variable"),
        (types.claim, ("", "a", "=a"), "a claim"),
        (types.quota, ("", "10", "10/YEAR", "-1/DAY", "x/DAY"), "a quota"),
        (types.endpoint_url, ("", "https://a", "http://", "http://a/b", "http://["), "an endpoint"),
        (
            types.upstream,
            (
                *("", "=", "http://a", "http://a=", "a=b", "http://a=ftp://b"),
                *("http://a=http://b:x", "http://a=http://me@b", "http://[=http://a"),
            ),
            "an upstream",
        ),
        (types.origin, ("", "*", "a.example", "https://A.example", "https://a/"), "an origin"),
        (types.condition_key, ("", "aws:a", "=b", "SourceVpce=a", "aws:=a"), "a condition key"),
        (types.existing_file, ("", "/nowhere/at/all", "/"), "a file"),
    ],
)
def test_everything_else_is_named_with_what_is_allowed(
    kind: Callable[[str], Any], texts: tuple[str, ...], what: str
) -> None:
    for text in texts:
        with pytest.raises(ArgumentTypeError) as caught:
            kind(text)
        message = str(caught.value)
        assert message.startswith(f"{text!r} is not {what} ("), message
        assert message.endswith(")")


def test_a_key_is_not_shown() -> None:
    for key in ("secret", "s" * 129):
        with pytest.raises(ArgumentTypeError) as caught:
            types.api_key(key)
        assert key not in str(caught.value)
        assert "20 to 128 characters" in str(caught.value)
