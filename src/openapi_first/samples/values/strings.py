"""Strings for the keywords of a schema: its formats, patterns and lengths together."""

from __future__ import annotations

import datetime
import random
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count, product
from typing import Any

from openapi_first.samples.values.pattern_samples import matching

_EMAILS = ("someone@example.com", "someone{}@example.com", "a@b.cd", "s@{}.example.com", "{}@b.cd")
_FORMATS: dict[str, tuple[str, ...]] = {
    "base64url": ("YQ", "{}YQ"),
    "byte": ("YQ==", "{4}YQ=="),
    "char": ("a", "b", "0"),
    "date-time-local": ("2024-02-29T12:00:00", "2024-02-29T12:00:00.{0}"),
    "decimal": ("1", "{0}1", "1.{0}"),
    "duration": ("P1D", "P{0}1D"),
    "email": _EMAILS,
    "hostname": ("example.com", "a{}.example.com", "a{}", "a.{}"),
    "http-date": ("Thu, 29 Feb 2024 12:00:00 GMT",),
    "idn-email": _EMAILS,
    "idn-hostname": ("example.com", "a{}.example.com", "a{}"),
    "imf-fixdate": ("Thu, 29 Feb 2024 12:00:00 GMT",),
    "int32": ("1",),
    "int64": ("1",),
    "ipv4": ("192.0.2.1", "192.0.2.200", "1.1.1.1", "10.0.0.1"),
    "ipv6": ("2001:db8::1", "2001:db8::{0}", "::1", "2001:db8:0000:0000:0000:0000:0000:0001"),
    "iri": ("https://example.com/", "https://example.com/{}", "a:{}"),
    "iri-reference": ("/a", "/a{}", "{}"),
    "json-pointer": ("/a", "/a{}", ""),
    "media-range": ("text/plain", "text/x{}"),
    "regex": ("a", "a{}"),
    "relative-json-pointer": ("0", "0/{}"),
    "sf-binary": (":YQ==:", ":{4}YQ==:"),
    "sf-boolean": ("?1", "?0"),
    "sf-string": ('"a"', '"{}"'),
    "sf-token": ("a", "a{}"),
    "time": ("12:00:00Z", "12:00:00.{0}Z"),
    "time-local": ("12:00:00", "12:00:00.{0}"),
    "uri": ("https://example.com/", "https://example.com/{}", "a:{}", "http://a.b"),
    "uri-reference": ("/a", "/a{}", "{}"),
    "uri-template": ("/{a}", "/{a}/b"),
}
"""A plain value of each format, and others: `{}` stands for letters, `{0}` for digits, `{4}` for
groups of four letters, as many as the length needs."""

_VARIETY = ("sample", "a", "", "A", "0", " ", "sample 1", "Sample-1", "true", "-", "é", "a.b", "/")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_LONGEST = 100_000
_USUAL = 8
_MOST_MISSED = 500


class Strings:
    """`matches(keywords, text)` says whether a string matches a schema of string keywords;
    `patterns` are those of the contract by those of the schemas. `spend` counts the strings that
    do not match, and may end the search."""

    def __init__(
        self,
        matches: Callable[[dict[str, Any], str], bool],
        patterns: Mapping[str, str],
        rng: random.Random,
        spend: Callable[[int], None],
    ) -> None:
        self._spend = spend
        self._matches = matches
        self._patterns = patterns
        self._rng = rng

    def strings(self, leaves: Sequence[dict[str, Any]]) -> Iterator[str]:
        """Strings that match the string keywords of all the schemas, a plain one first."""
        least = max((each.get("minLength", 0) for each in leaves), default=0)
        most = min((each["maxLength"] for each in leaves if "maxLength" in each), default=None)
        if least > _LONGEST or (most is not None and most < least):
            return
        most = _LONGEST if most is None else int(most)
        checked: list[dict[str, Any]] = [
            {key: each[key] for key in ("pattern", "format") if key in each} for each in leaves
        ]
        checked = [each for each in checked if each]
        missed = 0
        for text in self._candidates(leaves, int(least), most):
            if least <= len(text) <= most and all(self._matches(each, text) for each in checked):
                missed = 0
                yield text
                continue
            self._spend(1)
            missed += 1
            if missed == _MOST_MISSED:
                return

    def _candidates(self, leaves: Sequence[dict[str, Any]], least: int, most: int) -> Iterator[str]:
        formats = list(dict.fromkeys(each["format"] for each in leaves if "format" in each))
        patterns = list(dict.fromkeys(each["pattern"] for each in leaves if "pattern" in each))
        if formats and not patterns:
            for name in formats:
                yield from self._formatted(name, least)
        for pattern in patterns:
            yield from matching(self._patterns.get(pattern, pattern), self._rng, least, most)
        if patterns:
            yield from self._joined(patterns, least, most)
            for name in formats:
                yield from self._formatted(name, least)
        yield from (text[:most].ljust(least, "a") for text in _VARIETY)
        yield from _numbered(max(least, min(most, _USUAL)))
        for length in range(max(least, 1), min(most, _USUAL) + 1):
            yield from ("".join(each) for each in product(_LETTERS, repeat=length))

    def _joined(self, patterns: Sequence[str], least: int, most: int) -> Iterator[str]:
        """Matches one after the other, for patterns that look for a part of the string, and with
        letters around."""
        texts = [
            next(matching(self._patterns.get(each, each), self._rng, 0, most), "")
            for each in patterns
        ]
        for text in ("".join(texts), "".join(reversed(texts))):
            missing = max(0, least - len(text))
            for filler in ("a", "0", "A", " "):
                yield text + filler * missing
                yield filler * missing + text
        if len(patterns) > 1:  # a string for one may match the other by chance
            for _, pattern in product(range(8), patterns):
                yield from matching(self._patterns.get(pattern, pattern), self._rng, least, most)

    def _formatted(self, name: str, least: int) -> Iterator[str]:
        if name == "uuid":
            for _ in range(1000):
                yield str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
        if name in ("date", "date-time", "date-time-local"):
            yield from _dates(name)
        templates = _FORMATS.get(name, ())
        for template in templates:
            if "{" not in template or "{a}" in template:
                yield template
        for number in count(1):
            if number > 2000 or not any("{" in each for each in templates):
                return
            for template in templates:
                if "{" in template and "{a}" not in template:
                    yield _filled(template, number, least)


def _filled(template: str, number: int, least: int) -> str:
    start, _, rest = template.partition("{")
    kind, _, end = rest.partition("}")
    missing = least - len(start) - len(end)
    text = str(number)
    if kind == "4":
        return start + text.rjust(max(4, -(-missing // 4) * 4), "A") + end
    text = text.rjust(missing, "0" if kind == "0" else "a")
    if "." in end and "@" not in end and len(text) > 60:  # labels of a host name
        text = ".".join(text[at : at + 60] for at in range(0, len(text), 60))
        text = text[-missing:].lstrip(".") if missing > 0 else text
    return start + text + end


def _dates(name: str) -> Iterator[str]:
    first = datetime.date(2024, 2, 29)
    for number in range(2000):
        date = (first + datetime.timedelta(days=number)).isoformat()
        yield date + {"date": "", "date-time": "T12:00:00Z"}.get(name, "T12:00:00")
    if name == "date-time":
        for digits in range(1, 40):
            yield f"{first}T12:00:00.{'0' * digits}Z"
        yield f"{first}T12:00:00+00:00"


def _numbered(length: int) -> Iterator[str]:
    for number in range(min(10**length, 5000)):
        text = str(number)
        yield "sample"[: length - len(text)].ljust(length - len(text), "a") + text
