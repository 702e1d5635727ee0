"""The faults that DynamoDB, the network, and what stands between them can show.

`FAULTS` are by name. Those of `DAMAGED` are answers that a client must not believe.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Mapping

from support.faults.proxy import Answer, Call, Fault, dripping, pouring, waiting

_FOREVER_S = 60.0
_JSON = {"Content-Type": "application/x-amz-json-1.0"}
_HTML = {"Content-Type": "text/html"}
_PORTAL = b"<html><body>Please sign in.</body></html>"
CANARY = "canary-of-a-cause"
"""Is in each injected message, so that a test can look for it where it must not be."""


def _checked(body: bytes) -> dict[str, str]:
    return {**_JSON, "x-amz-crc32": str(zlib.crc32(body))}


def _error(code: str, status: int = 400, message: str | None = CANARY) -> Fault:
    content = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}"}
    if message is not None:
        content["message"] = message
    body = json.dumps(content).encode()
    name = code if message is not None else f"{code} without a message"
    return Fault(name, lambda call: call.connection.sendall(_sent(status, _checked(body), body)))


def _sent(status: int, headers: dict[str, str], body: bytes) -> bytes:
    return Answer(status, headers, body).sent()


def _instead(name: str, status: int, headers: dict[str, str], body: bytes) -> Fault:
    """Something that is not DynamoDB answers in its place."""
    return Fault(name, lambda call: call.connection.sendall(_sent(status, headers, body)))


def _changed(name: str, change: Callable[[Answer, Call], None], checksum: bool = False) -> Fault:
    """DynamoDB acts, and its answer is damaged on the way; with or without its checksum."""

    def act(call: Call) -> None:
        answer = call.forward()
        if not checksum:
            answer.headers = {
                each: value
                for each, value in answer.headers.items()
                if each.lower() != "x-amz-crc32"
            }
        change(answer, call)
        call.connection.sendall(answer.sent())

    return Fault(f"{name}, with checksum" if checksum else name, act, writes=True)


def _truncate(answer: Answer, call: Call) -> None:
    answer.framing = str(len(answer.body))
    answer.body = answer.body[: call.random.randrange(len(answer.body))]


def _cut(answer: Answer, call: Call) -> None:
    answer.body = answer.body[: call.random.randrange(1, len(answer.body))]


def _flip(answer: Answer, call: Call) -> None:
    at = call.random.randrange(len(answer.body))
    bit = 1 << call.random.randrange(8)
    answer.body = answer.body[:at] + bytes([answer.body[at] ^ bit]) + answer.body[at + 1 :]


def _body(body: bytes) -> Callable[[Answer, Call], None]:
    def change(answer: Answer, call: Call) -> None:
        answer.body = body

    return change


def _framed(framing: str) -> Callable[[Answer, Call], None]:
    def change(answer: Answer, call: Call) -> None:
        answer.framing = framing

    return change


def _header(name: str, value: str) -> Callable[[Answer, Call], None]:
    def change(answer: Answer, call: Call) -> None:
        answer.headers[name] = value

    return change


def _wrong_types(answer: Answer, call: Call) -> None:
    content = json.loads(answer.body)
    wrong = {name: 7 for name in ("Item", "Items", "Attributes", "__type") if name in content}
    answer.body = json.dumps({**content, **wrong, "ConsumedCapacity": [1]}).encode()


def _after(name: str, act: Callable[[Call], None]) -> Fault:
    """DynamoDB acts, and then this happens in place of its answer."""

    def acted(call: Call) -> None:
        call.forward()
        act(call)

    return Fault(f"{name} after the call", acted, writes=True)


def _hang(call: Call) -> None:
    waiting(_FOREVER_S, call.ended)


def _delayed(seconds: float) -> Fault:
    def act(call: Call) -> None:
        sent = call.forward().sent()
        waiting(seconds, call.ended)
        call.connection.sendall(sent)

    return Fault(f"delay of {seconds} s", act, writes=True)


def _drip(name: str, part: Callable[[bytes], tuple[bytes, bytes]]) -> Fault:
    def act(call: Call) -> None:
        at_once, slowly = part(call.forward().sent())
        call.connection.sendall(at_once)
        dripping(call.connection, slowly, 0.6, call.ended)

    return Fault(name, act, writes=True)


def _head_and_body(sent: bytes) -> tuple[bytes, bytes]:
    head, separator, body = sent.partition(b"\r\n\r\n")
    return head + separator, body


def _raw(name: str, change: Callable[[Answer], bytes], *, keeps_open: bool = False) -> Fault:
    """DynamoDB acts, and these bytes are sent for its answer."""

    def act(call: Call) -> None:
        call.connection.sendall(change(call.forward()))

    return Fault(name, act, writes=True, keeps_open=keeps_open)


def _head(answer: Answer, *lines: str, version: str = "1.1") -> bytes:
    """The head of an answer with these lines in place of its framing."""
    kept = [f"{name}: {value}" for name, value in answer.headers.items()]
    return "\r\n".join([f"HTTP/{version} {answer.status} OK", *kept, *lines, "", ""]).encode()


def _in_chunks(answer: Answer, last: bytes = b"0\r\n\r\n") -> bytes:
    half = len(answer.body) // 2
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(part), part) for part in (answer.body[:half], answer.body[half:])
    )
    return _head(answer, "Transfer-Encoding: chunked") + chunks + last


def _twice(answer: Answer) -> bytes:
    return 2 * (_head(answer, f"Content-Length: {len(answer.body)}") + answer.body)


def _compress(answer: Answer, call: Call) -> None:
    answer.headers["Content-Encoding"] = "gzip"
    answer.body = gzip.compress(answer.body)


def _endless(name: str, pause_s: float, size: int) -> Fault:
    """White space without end, in chunks of this size."""

    def act(call: Call) -> None:
        call.connection.sendall(_head(call.forward(), "Transfer-Encoding: chunked"))
        chunk = b"%x\r\n%s\r\n" % (size, b" " * size)
        pouring(call.connection, chunk, pause_s, call.ended)

    return Fault(name, act, writes=True)


_CHANGES: tuple[tuple[str, Callable[[Answer, Call], None]], ...] = (
    ("truncated", _truncate),
    ("JSON cut", _cut),
    ("empty", _body(b"")),
    ("HTML", _body(_PORTAL)),
    ("null", _body(b"null")),
    ("array", _body(b"[1]")),
    ("garbage", _body(b"\x00\xff\xfe garbage")),
    ("only braces", _body(b"{}")),
    ("nested too deep", _body(b'{"Item":' * 5000)),
    ("wrong types", _wrong_types),
    ("gzip", _compress),
)

DAMAGED: tuple[Fault, ...] = (
    *(_changed(name, change) for name, change in _CHANGES),
    *(_changed(name, change, checksum=True) for name, change in _CHANGES),
    _changed("bit flipped", _flip, checksum=True),
    _changed("checksum no number", _header("x-amz-crc32", "none")),
    _changed("length no number", _framed("many")),
    _changed("length too small", _framed("1")),
    _raw("chunk cut", lambda answer: _in_chunks(answer)[:-9]),
    _raw("last chunk missing", lambda answer: _in_chunks(answer, b"")),
    _raw("chunk of no size", lambda answer: _in_chunks(answer, b"many\r\n\r\n")),
    _raw("cut at the connection's end", lambda answer: _head(answer) + answer.body[:-1]),
    _instead("portal", 200, _HTML, _PORTAL),
    _instead("portal with JSON", 200, _JSON, b"{}"),
    _instead("no content", 204, {}, b""),
    _instead("redirect", 307, {**_HTML, "Location": "http://127.0.0.1:9/"}, b""),
    _instead("moved", 301, {**_HTML, "Location": "http://127.0.0.1:9/"}, _PORTAL),
    _instead("HTML 400", 400, _HTML, _PORTAL),
    _instead("HTML 403", 403, _HTML, _PORTAL),
    _instead("JSON 403", 403, _JSON, b'{"message": "Forbidden"}'),
    _instead("HTML 404", 404, _HTML, _PORTAL),
    _instead("HTML 407", 407, {**_HTML, "Proxy-Authenticate": "Basic"}, _PORTAL),
    _instead("HTML 429", 429, {**_HTML, "Retry-After": "3600"}, _PORTAL),
)

UNAVAILABLE: tuple[Fault, ...] = (
    Fault("reset", Call.reset),
    Fault("close", lambda call: None),
    Fault("no HTTP", lambda call: call.connection.sendall(b"no HTTP at all\r\n\r\n")),
    _after("reset", Call.reset),
    _after("close", lambda call: None),
    _after("500", lambda call: call.connection.sendall(_sent(500, _HTML, _PORTAL))),
    _instead("HTML 502", 502, _HTML, _PORTAL),
    _instead("HTML 503", 503, _HTML, _PORTAL),
    _instead("array 500", 500, _JSON, b"[1]"),
    _error("InternalServerError", 500),
    _error("ServiceUnavailable", 503),
    _error("LimitExceededException"),
    _error("ProvisionedThroughputExceededException"),
    _error("ReplicatedWriteConflictException"),
    _error("RequestLimitExceeded"),
    _error("ThrottlingException"),
    _error("ThrottlingException", message=None),
    _error("TransactionConflictException"),
)
"""The service cannot be used for now, and says so at once."""

SLOW: tuple[Fault, ...] = (
    Fault("hang", _hang),
    _after("hang", _hang),
    _drip("drip of the head", lambda sent: (b"", sent)),
    _drip("drip of the body", _head_and_body),
    _endless("endless body", 0.05, 4096),
    _endless("flood", 0, 1 << 18),
)

DELAYED: tuple[Fault, ...] = (_delayed(1), _delayed(2))
"""The answer comes late and in time."""

UNUSUAL: tuple[Fault, ...] = (
    _raw("in chunks", _in_chunks),
    _raw("HTTP/1.0", lambda answer: _head(answer, version="1.0") + answer.body),
    _raw("after 100", lambda answer: b"HTTP/1.1 100 Continue\r\n\r\n" + answer.sent()),
    _raw("twice", _twice, keeps_open=True),
    _raw("another word", lambda answer: answer.sent().replace(b" Fault\r\n", b" \r\n", 1)),
)
"""DynamoDB's answer in another form, which is right."""

REFUSED: tuple[Fault, ...] = tuple(
    _error(code)
    for code in (
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "ItemCollectionSizeLimitExceededException",
        "KMSAccessDeniedException",
        "MissingAuthenticationTokenException",
        "ResourceNotFoundException",
        "RequestTimeTooSkewed",
        "UnknownErrorException",
        "UnrecognizedClientException",
        "ValidationException",
    )
)
"""The deployment is wrong: trying again does not help."""

FAULTS: Mapping[str, Fault] = {
    each.name: each for each in (*DAMAGED, *UNAVAILABLE, *SLOW, *DELAYED, *UNUSUAL, *REFUSED)
}
