"""Events of any bytes for a real handler: no exception leaves it, no answer leaves the contract."""

from __future__ import annotations

import base64
import contextlib
import copy
import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from types import ModuleType
from typing import Any

import jsonschema_rs
import yaml
from aws_lambda_powertools import Logger

from openapi_first.runtime import Problem, Reply, lambda_handler

SECRET = "planted-s3cret"
CONTRACT = """
openapi: 3.0.3
info: {title: Raw, version: "1"}
paths:
  /plain:
    get: &get
      operationId: readPlain
      parameters:
        - {name: n, in: query, schema: {type: number}}
        - {name: many, in: query, schema: {type: array, items: {type: integer}}}
        - {name: deep, in: query, style: deepObject, schema: {type: object}}
        - {name: X-Trace, in: header, schema: {type: string, format: date-time}}
        - {name: crumb, in: cookie, schema: {type: string}}
      responses:
        "200":
          description: ok
          headers: {X-Count: {schema: {type: integer}}}
          content: {application/json: {schema: {type: object}}}
    head: {<<: *get, operationId: headPlain}
  /things/{thing}:
    post:
      operationId: addThing
      parameters: [{name: thing, in: path, required: true, schema: {type: string, maxLength: 9}}]
      requestBody:
        content:
          application/json: {schema: {type: object, additionalProperties: {type: number}}}
          text/plain: {}
          application/x-www-form-urlencoded: &form
            schema: {type: object, properties: {a: {type: integer}}}
          multipart/form-data: *form
          application/octet-stream: {}
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: object}}}}
        default:
          description: no
          content:
            application/json:
              schema:
                type: object
                required: [code, message]
                properties: {code: {type: string}, message: {type: string}}
                additionalProperties: false
"""
_OWN_STATUSES = {400, 404, 413, 415, 500, 501}
"""The statuses of problem details that no operation declares."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile("[\t\x20-\x7e\x80-\xff]*")

_ODD_TEXTS = (
    "", "\ud800", "\r\nX-A: b", "\0", "%ff", "%", "é", "1e-9999999999999999999", "1e999999",
    "0e99999999999999999999", "9" * 5000, "[" * 3000, '{"a":' * 250, "NaN", "-0", "null", "a=%ff",
    "multipart/form-data; boundary=", "text/plain; charset=klingon", "application/json;;;=",
    "gzip", "gzip,gzip,gzip,deflate", "deep[a][b]", "\u2028", "==", "*/*;q=x", "OPTIONS", "HEAD",
    '{"a": 1, "a": 2}', '{"v": 1e-9999999999999999999}', '{"v": "\\ud800"}',
)  # fmt: skip
_ODD_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, [], {}, [None], [[]], {"": ""}, {"a": None}, ["\ud800"], 10**30,
)  # fmt: skip


def _event(method: str, resource: str, body: Any = None, **headers: str) -> dict[str, Any]:
    lines = {"x-api-key": SECRET, **{name.replace("_", "-"): v for name, v in headers.items()}}
    encoded = isinstance(body, bytes)
    return {
        "resource": resource,
        "path": resource,
        "httpMethod": method,
        "headers": lines,
        "multiValueHeaders": {name: [line] for name, line in lines.items()},
        "queryStringParameters": {"n": "1", "many": "1", "deep[a]": SECRET},
        "multiValueQueryStringParameters": {"n": ["1"], "many": ["1", "2"], "deep[a]": [SECRET]},
        "pathParameters": {"thing": "one"} if "{" in resource else None,
        "requestContext": {"requestId": "6f1fb7e7-02d7-4f8f-9d38-0f7ec1d1f6f2", "path": "/x"},
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": encoded,
    }


_ONE = "/things/{thing}"
_PART = f'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n{SECRET}\r\n--B--\r\n'
_JSON = json.dumps({SECRET: 1, "b": 2.5})
EVENTS = (
    _event("GET", "/plain", X_Trace="2026-11-24T09:30:00Z", cookie=f"crumb={SECRET}; a=b"),
    _event("HEAD", "/plain", origin="https://a.example"),
    _event("OPTIONS", "/plain", origin="https://a.example"),
    _event("GET", "/none"),
    _event("POST", _ONE, _JSON, content_type="application/json"),
    _event("POST", _ONE, gzip.compress(_JSON.encode()), content_encoding="gzip"),
    _event("POST", _ONE, f"a=1&b={SECRET}", content_type="application/x-www-form-urlencoded"),
    _event("POST", _ONE, _PART.encode(), content_type="multipart/form-data; boundary=B"),
    _event("POST", _ONE, SECRET, content_type="text/plain; charset=latin-1"),
    _event("POST", _ONE, SECRET.encode(), content_type="application/octet-stream"),
)


def _deep() -> Any:
    value: Any = {}
    for _ in range(5000):
        value = {"a": value}
    return value


def _raising(kind: Callable[..., BaseException], *given: Any, **named: Any) -> Callable[[], Any]:
    def function() -> Any:
        raise kind(*given, **named)

    return function


_DEEP = _deep()
_ODD_RESULTS: tuple[Callable[[], Any], ...] = (
    *[dict] * 12,
    lambda: None,
    lambda: Reply({}, "200"),  # type: ignore[arg-type]
    lambda: Reply({}, 299),
    lambda: Reply({}, headers={"X-Count": 7, "X-List": [1, 2]}),
    lambda: Reply({}, headers={"X-Count": "many"}),
    lambda: Reply({}, headers={"X-A": "b\r\nc"}),
    lambda: Reply({}, headers={"X-A": "\ud800"}),
    lambda: Reply({}, headers=None),  # type: ignore[arg-type]
    lambda: Reply({}, media_type="a\r\nb"),
    lambda: Reply(b"\xff"),
    lambda: {"a": "\ud800"},
    lambda: {"a": float("nan")},
    lambda: {"a": {1, 2}},
    lambda: {"a": 10**5000},
    lambda: _DEEP,
    _raising(Problem, 503, headers={"Retry-After": 1}),
    _raising(Problem, "400"),
    _raising(Problem, 418, "\ud800"),
    _raising(Problem, 409, errors=["a"]),
    _raising(LookupError, "the operation"),
    _raising(NotImplementedError),
    _raising(RecursionError),
    _raising(SystemExit, 3),
)


@dataclass
class _Log:
    """A stream for the Logger, which remembers whether a line has the secret."""

    lines: int = 0
    leaks: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        self.lines += 1
        if SECRET in text:
            self.leaks.append(text)

    def flush(self) -> None:
        """Nothing is buffered."""


@dataclass
class Tally:
    """What was sent so far: answers by status, and what is wrong."""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many events were served."""
        return self.statuses.total() + len(self.wrong)


class RawEvents:
    """A handler of CONTRACT, compiled as `compiled`, whose functions return odd results."""

    def __init__(self, compiled: ModuleType, seed: int) -> None:
        self.tally = Tally()
        self._random = Random(seed)
        self._log = _Log()
        operations = ModuleType("operations")
        for name in compiled.SIGNATURES:
            setattr(operations, name, lambda **_: self._random.choice(_ODD_RESULTS)())
        logger = Logger(service=f"raw {seed}", stream=self._log)  # type: ignore[arg-type]
        self._handler = lambda_handler(compiled, operations, logger=logger)
        self._declared = dict(_declared(yaml.safe_load(CONTRACT)))

    def run(self, count: int) -> Tally:
        """Serves `count` more events."""
        for _ in range(count):
            event = self._event()
            self._log.lines = 0
            try:
                with contextlib.redirect_stdout(self._log):  # type: ignore[type-var] # metrics
                    answer = self._handler(event, None)
                wrong = self._complaint(event, answer)
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                wrong, answer = f"{type(error).__name__}: {error}", {}
            if wrong is None and not self._log.lines:
                wrong = "no line in the log"
            if self._log.leaks:
                wrong = f"the log has a value: {self._log.leaks.pop()}"
            if wrong is None:
                self.tally.statuses[answer["statusCode"]] += 1
            else:
                self.tally.wrong.append(f"{wrong}\n{event!r:.3000}\n{answer!r:.1000}")
        return self.tally

    def _event(self) -> Any:
        """An event, changed in some places, and then in some of its bytes, if it stays JSON."""
        event = json.loads(json.dumps(self._random.choice(EVENTS)))
        for _ in range(self._random.randrange(4)):
            event = self._changed(event)
        if self._random.random() < 0.3:
            data = bytearray(json.dumps(event).encode())
            for _ in range(self._random.randrange(1, 4)):
                at = self._random.randrange(len(data) + 1)
                data[at : at + self._random.randrange(3)] = self._random.randbytes(
                    self._random.randrange(3)
                )
            # Lambda calls no function for what is not JSON.
            with contextlib.suppress(ValueError, RecursionError):
                event = json.loads(data.decode("utf-8", "replace"))
        return event

    def _changed(self, node: Any) -> Any:
        """The value with one place in it changed."""
        pick = self._random
        if isinstance(node, dict) and node and pick.random() < 0.95:
            name = pick.choice(list(node))
            if pick.random() < 0.1:
                del node[name]
            elif pick.random() < 0.1:
                node[pick.choice(_ODD_TEXTS)] = node.pop(name)
            else:
                node[name] = self._changed(node[name])
            return node
        if isinstance(node, list) and node and pick.random() < 0.8:
            at = pick.randrange(len(node))
            node[at] = self._changed(node[at])
            return node
        if isinstance(node, str) and pick.random() < 0.4:
            at = pick.randrange(len(node) + 1)
            return node[:at] + pick.choice(_ODD_TEXTS) + node[at:]
        return (
            pick.choice(_ODD_TEXTS)
            if pick.random() < 0.7
            else copy.deepcopy(pick.choice(_ODD_VALUES))
        )

    def _complaint(self, event: Any, answer: dict[str, Any]) -> str | None:
        """What is wrong with an answer; None if Lambda and the contract allow it."""
        status, lines, body = answer["statusCode"], answer["multiValueHeaders"], answer["body"]
        if type(status) is not int or type(body) is not str:
            return "the answer is not one for API Gateway"
        body.encode()
        for name, values in lines.items():
            if not _NAME.fullmatch(name) or not all(map(_VALUE.fullmatch, values)):
                return f"the header {name} cannot be sent"
        key = (event.get("httpMethod"), event.get("resource")) if isinstance(event, dict) else None
        try:
            declared = self._declared.get(key, {})  # type: ignore[arg-type]
        except TypeError:
            declared = {}
        if not body:
            return None if key is None or key[0] in ("HEAD", "OPTIONS") else "there is no body"
        media_type, value = lines["Content-Type"][0], json.loads(body)
        content = declared.get(str(status), declared.get("default"))
        if content is not None:
            return None if content(media_type, value) else "the contract does not allow the body"
        if media_type != "application/problem+json" or value["status"] != status:
            return "neither declared nor problem details"
        return None if status in _OWN_STATUSES else f"{status} is not declared"


def _declared(
    document: Any,
) -> Iterator[tuple[tuple[str, str], dict[str, Callable[[str, Any], bool]]]]:
    """For each method and path, what may be the body of each status; from the contract itself, not
    from what was compiled."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            found = {}
            for status, response in operation["responses"].items():
                (media_type, entry), *_ = response["content"].items()
                schema = jsonschema_rs.Draft4Validator(entry["schema"])
                found[status] = lambda sent, value, media_type=media_type, schema=schema: (
                    sent == media_type and schema.is_valid(value)
                )
            yield (method.upper(), path), found
