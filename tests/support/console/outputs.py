"""Whether a command printed what a page shows, apart from what differs from run to run."""

from __future__ import annotations

import re

OWN_EACH_TIME = {
    r"eyJ[\w.…-]+": "TOKEN",
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "UUID",
    r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}": "TRACE",
    r"\b([0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|[0-9a-f]{12})\b": "HASH",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)": "TIME",
    r"\d{4}-\d\d-\d\d([ ,]\d\d:\d\d:\d\d([.,]\d+)?)?": "TIME",
    r"\b\d\d:\d\d:\d\d\b": "TIME",
    r"={5,}": "=====",
    r'File "/\S*?/(?=src/)': 'File "/HOME/',
    r'(?<="milliseconds_left":)\d+': "NUMBER",
    r"(?m)^Date: .*$": "Date: DATE",
    r"(?m)^x-amz-apigw-id: \S+$": "x-amz-apigw-id: ID",
    r"\b1[5-9]\d{8}\b": "SECONDS",
    r"\b\d+(\.\d+)? ?(ms|s|seconds?)\b": "DURATION",
    r"\b\d+ (requests|bytes)\b": r"COUNT \1",
    r"(127\.0\.0\.1|localhost):\d+": r"\1:PORT",
    r"(?<![\d.])\d+\.\d+\.\d+(?!\.?\d)": "VERSION",
}
ANY_LINES = "..."


def masked(text: str) -> str:
    """The text, without spaces at the ends of lines, and with names for what differs."""
    text = re.sub(r"(?m)[ \r]+$", "", text).strip("\n")
    for pattern, name in OWN_EACH_TIME.items():
        text = re.sub(pattern, name, text)
    return f"{text}\n" if text else ""


def matches(printed: str, shown: str) -> re.Match[str] | None:
    return re.fullmatch(_pattern(shown), masked(printed))


def is_in(printed: str, shown: str) -> bool:
    """Whether the lines that the page shows are among those that were printed, in this order."""
    return re.search("(?m)^" + _pattern(shown), masked(printed)) is not None


def _pattern(shown: str) -> str:
    return "".join(
        r"(?:.*\n)*?" if line.strip() == ANY_LINES else re.escape(line) + r"\n"
        for line in masked(shown).splitlines()
    )
