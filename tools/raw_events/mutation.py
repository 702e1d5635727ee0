"""Changes an event: values, types, names and bytes of it."""

from __future__ import annotations

import base64
import contextlib
import copy
import json
from random import Random
from typing import Any

_ODD_TEXTS = (
    "", "\ud800", "\r\nX-A: b", "\0", "%ff", "%", "é", "1e-9999999999999999999", "1e999999",
    "0e99999999999999999999", "9" * 5000, "[" * 3000, '{"a":' * 250, "NaN", "-0", "null", "a=%ff",
    "multipart/form-data; boundary=", "text/plain; charset=klingon", "application/json;;;=",
    "gzip", "gzip,gzip,gzip,deflate", "deep[a][b]", "\u2028", "==", "*/*;q=x", "OPTIONS", "HEAD",
    '{"a": 1, "a": 2}', '{"v": 1e-9999999999999999999}', '{"v": "\\ud800"}', ",", ";", "=", "&",
    "a[b][c]=1", "[0]", "[]", "true", "1_0", "\u0661", " 1", "+1", "0.1", "1e2", "--B--\r\n",
    "2026-02-30", "text/html;q=0, */*;q=0.1", "application/*", "image/png, text/*;q=0.5",
    "https://a.example", "https://b.example", "utf-16", "zstd", "br", "identity;q=0, *;q=0",
)  # fmt: skip
_ODD_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, [], {}, [None], [[]], {"": ""}, {"a": None}, ["\ud800"], 10**30,
    ["a", "b"], ["1", 2], "a",
)  # fmt: skip
_ODD_NAMES = (
    "accept", "Accept-Encoding", "content-encoding", "Content-Type", "origin", "cookie", "limit",
    "a", "a[b]", "a[]", "", "X-A", "transfer-encoding", "Content-Length",
)  # fmt: skip
_ODD_NUMBERS = ("1e400", "-1e-400", "0.1", "1e-9999999999999999999", "9" * 400, "-0.0", "1E+2")
_MAPS = (
    ("headers", "multiValueHeaders"),
    ("queryStringParameters", "multiValueQueryStringParameters"),
)


def mutated(event: Any, random: Random) -> Any:
    """A copy, changed in some places, and then in some of its bytes, if it stays JSON."""
    event = json.loads(json.dumps(event))
    for _ in range(random.randrange(4)):
        event = random.choice((_anywhere, _anywhere, _line, _body))(event, random)
    return _bytes(event, random) if random.random() < 0.2 else event


def _anywhere(node: Any, random: Random) -> Any:
    if isinstance(node, dict) and node and random.random() < 0.95:
        name = random.choice(list(node))
        if random.random() < 0.1:
            del node[name]
        elif random.random() < 0.1:
            node[random.choice(_ODD_TEXTS)] = node.pop(name)
        else:
            node[name] = _anywhere(node[name], random)
        return node
    if isinstance(node, list) and node and random.random() < 0.8:
        at = random.randrange(len(node))
        node[at] = _anywhere(node[at], random)
        return node
    if isinstance(node, str) and random.random() < 0.4:
        return _text(node, random)
    if random.random() < 0.7:
        return random.choice(_ODD_TEXTS)
    return copy.deepcopy(random.choice(_ODD_VALUES))


def _line(event: Any, random: Random) -> Any:
    """A header or a query parameter is changed or added, as API Gateway would send it."""
    if not isinstance(event, dict):
        return event
    last, lines = (event.get(name) for name in random.choice(_MAPS))
    if not isinstance(last, dict) or not isinstance(lines, dict):
        return event
    name = random.choice([*last, *_ODD_NAMES])
    values = [random.choice(_ODD_TEXTS) for _ in range(random.choice((1, 1, 2, 3)))]
    if isinstance(last.get(name), str) and random.random() < 0.7:
        values[0] = _text(last[name], random)
    last[name], lines[name] = values[-1], values
    return event


def _body(event: Any, random: Random) -> Any:
    """The body is changed, within its JSON if it is JSON."""
    text = event.get("body") if isinstance(event, dict) else None
    if not isinstance(text, str):
        return event
    encoded = event.get("isBase64Encoded") is True
    if encoded:
        try:
            text = base64.b64decode(text).decode("latin-1")
        except ValueError:
            return event
    text = _changed_text(text, random)
    if encoded or random.random() < 0.2:
        event["isBase64Encoded"] = True
        text = base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()
    event["body"] = text
    return event


def _changed_text(text: str, random: Random) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return _text(text, random)
    if random.random() < 0.2:
        return _text(text, random)
    with contextlib.suppress(RecursionError):
        text = json.dumps(_anywhere(value, random), ensure_ascii=random.random() < 0.5)
    digits = [at for at, character in enumerate(text) if character.isdigit()]
    if digits and random.random() < 0.3:
        at = random.choice(digits)
        text = text[:at] + random.choice(_ODD_NUMBERS) + text[at + 1 :]
    return text


def _text(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    end = at + random.choice((0, 0, 1, 3))
    return text[:at] + random.choice(_ODD_TEXTS) + text[end:]


def _bytes(event: Any, random: Random) -> Any:
    data = bytearray(json.dumps(event).encode())
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(data) + 1)
        data[at : at + random.randrange(3)] = random.randbytes(random.randrange(3))
    # Lambda calls no function for what is not JSON.
    with contextlib.suppress(ValueError, RecursionError):
        event = json.loads(data.decode("utf-8", "replace"))
    return event
