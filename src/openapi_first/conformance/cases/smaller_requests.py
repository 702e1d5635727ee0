"""Makes a request smaller while it still shows a finding."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from openapi_first.conformance.model.messages import Request

_WIDEST = 40


def smallest(request: Request, shows: Callable[[Request], bool], tries: int) -> Request:
    """The request made smaller part by part while `shows` returns True; calls it at most `tries`
    times."""
    tried = {request}
    found = True
    while found:
        found = False
        for candidate in smaller(request):
            if candidate in tried:
                continue
            if len(tried) > tries:
                return request
            tried.add(candidate)
            if shows(candidate):
                request, found = candidate, True
                break
    return request


def smaller(request: Request) -> Iterator[Request]:
    """Requests with less in them, the smallest first. Credentials stay."""
    for body in _simpler_bodies(request.body):
        yield replace(request, body=body)
    path, _, query = request.target.partition("?")
    given = query.split("&") if query else []
    for pairs in _shorter_lists(given, _simpler_pairs):
        if [pair for pair in pairs if "=$" in pair] == [pair for pair in given if "=$" in pair]:
            yield replace(request, target=f"{path}?{'&'.join(pairs)}" if pairs else path)
    for headers in _shorter_lists(list(request.headers), _simpler_headers):
        if list(filter(_must_stay, headers)) == list(filter(_must_stay, request.headers)):
            yield replace(request, headers=tuple(headers))
    steps = path.split("/")
    for index, step in enumerate(steps):
        if "{" not in step:
            for text in _simpler_strings(unquote(step)):
                if text.strip("."):  # "." and ".." are not names
                    changed = [*steps[:index], quote(text, safe=""), *steps[index + 1 :]]
                    yield replace(request, target="/".join(changed) + request.target[len(path) :])


def simpler(value: Any) -> Iterator[Any]:
    """JSON values of the same type with less in them, the smallest first."""
    if isinstance(value, bool):
        if value:
            yield False
    elif isinstance(value, str):
        yield from _simpler_strings(value)
    elif isinstance(value, int | float):
        yield from _smaller_numbers(value)
    elif isinstance(value, list):
        yield from _shorter_lists(value, simpler)
    elif isinstance(value, dict):
        for members in _shorter_lists(list(value.items()), _simpler_members):
            yield dict(members)


def _shorter_lists(
    values: list[Any], simplified: Callable[[Any], Iterator[Any]]
) -> Iterator[list[Any]]:
    if values:
        yield []
    if len(values) > 2:
        middle = len(values) // 2
        yield values[:middle]
        yield values[middle:]
    for index in range(min(len(values), _WIDEST)) if len(values) > 1 else ():
        yield values[:index] + values[index + 1 :]
    for index in range(min(len(values), _WIDEST)):
        for one in simplified(values[index]):
            yield [*values[:index], one, *values[index + 1 :]]


def _simpler_members(member: tuple[str, Any]) -> Iterator[tuple[str, Any]]:
    name, value = member
    for one in simpler(value):
        yield name, one


def _simpler_pairs(pair: str) -> Iterator[str]:
    name, equals, value = pair.partition("=")
    if not value.startswith("$"):
        for text in _simpler_strings(unquote(value.replace("+", " "))):
            yield f"{name}{equals}{quote(text, safe='')}"


def _simpler_headers(header: tuple[str, str]) -> Iterator[tuple[str, str]]:
    name, value = header
    for text in _simpler_strings(value):
        if text == text.strip():
            yield name, text


def _must_stay(header: tuple[str, str]) -> bool:
    """Whether the header contains a credential or is Content-Type."""
    return "$" in header[1] or header[0].lower() == "content-type"


def _simpler_strings(text: str) -> Iterator[str]:
    if not text:
        return
    yield ""
    if text.isascii() and text.isdecimal() and len(text) < 20:
        yield from map(str, _smaller_numbers(int(text)))
    if len(text) > 2:
        middle = len(text) // 2
        yield text[:middle]
        yield text[middle:]
    if len(text) > 1:
        yield text[1:]
        yield text[:-1]
    plain = "0" * len(text)
    if text.strip("0"):
        yield plain
    for index, letter in enumerate(text[:_WIDEST]):
        if letter != "0":
            yield text[:index] + "0" + text[index + 1 :]


def _smaller_numbers(number: float) -> Iterator[int | float]:
    if number != number or number in (float("inf"), float("-inf")):
        return
    whole = int(number)
    if whole != number:
        yield whole
    for one in (0, abs(whole), whole // 2 if whole > 0 else -(-whole // 2), whole - 1):
        if abs(one) < abs(number) or (abs(one) == abs(number) and one > number):
            yield one


def _simpler_bodies(body: bytes | None) -> Iterator[bytes | None]:
    if body is None:
        return
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        # Not JSON: halve it.
        if len(body) > 1:
            yield body[: len(body) // 2]
            yield body[len(body) // 2 :]
        return
    for one in simpler(value):
        yield _serialised(one)


def _serialised(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate
        return json.dumps(value).encode("ascii")
