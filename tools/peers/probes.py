"""Requests that show whether a stage keeps a rule of API Gateway, by the rules' ids."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from peers.api import KEY


@dataclass(frozen=True)
class Reply:
    """An answer; names of headers in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for key, value in self.headers if key == name]


@dataclass(frozen=True)
class Probe:
    """A request below the stage, and whether its answer is API Gateway's."""

    fact: str
    path: str
    holds: Callable[[Reply], bool]
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


def ask(port: int, prefix: str, probe: Probe) -> Reply | None:
    """The answer of what listens there; None for none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    body = None if probe.body is None else probe.body.encode()
    try:
        connection.request(probe.method, prefix + probe.path, body, dict(probe.headers))
        answer = connection.getresponse()
        headers = tuple((name.lower(), value) for name, value in answer.getheaders())
        return Reply(answer.status, headers, answer.read())
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _refused(status: int, message: str) -> Callable[[Reply], bool]:
    return lambda reply: reply.status == status and reply.json == {"message": message}


def _event(holds: Callable[[dict[str, Any]], bool]) -> Callable[[Reply], bool]:
    return lambda reply: reply.status == 200 and isinstance(reply.json, dict) and holds(reply.json)


def _status(status: int) -> Callable[[Reply], bool]:
    return lambda reply: reply.status == status


_JSON_TYPE = "application/json"
_JSON = {"Content-Type": _JSON_TYPE}
_FORBIDDEN, _BAD_GATEWAY = _refused(403, "Forbidden"), _refused(502, "Internal server error")
_ASKED = {"x-asked": "1"}
_TWELVE = {
    *("resource", "path", "httpMethod", "headers", "multiValueHeaders", "queryStringParameters"),
    *("multiValueQueryStringParameters", "pathParameters", "stageVariables", "requestContext"),
    *("body", "isBase64Encoded"),
}  # fmt: skip

PROBES = (
    Probe("F2.1/1", "/asking?q=", _status(400), headers=_ASKED),
    Probe("F2.1/1", "/asking?q=x", _status(200), headers=_ASKED),
    Probe("F2.1/2", "/held", _status(400), "POST", _JSON, "{}"),
    Probe("F2.1/2", "/held", _status(200), "POST", _JSON, '{"name":"a"}'),
    Probe("F2.1/3", "/held", _status(200), "POST", {"Content-Type": "text/plain"}, "{}"),
    Probe("F2.1/6", "/held", _status(400), "POST", _JSON, "{"),
    Probe(
        "F2.2/1", "/asking",
        _refused(400, "Missing required request parameters: [x-asked, q]"),
    ),
    Probe(
        "F2.2/5", "/both", _refused(400, "Missing required request parameters: [x-asked, q]"),
        "POST", _JSON, "{}",
    ),
    Probe(
        "F2.2/6", "/asking", lambda reply: reply.all("x-amzn-errortype") == ["BadRequestException"]
    ),
    Probe(
        "F2.3/1", "/held",
        lambda reply: reply.json == {"own": '[object has missing required properties (["name"])]'},
        "POST", _JSON, "{}",
    ),
    Probe("F3.1/1", "/nowhere", _refused(403, "Missing Authentication Token")),
    Probe("F3.1/2", "/keyed", _refused(403, "Missing Authentication Token"), "DELETE"),
    Probe("F3.1/6", "/keyed", _FORBIDDEN),
    Probe("F3.1/6", "/keyed", _FORBIDDEN, headers={"x-api-key": "wrong" * 6}),
    Probe("F3.1/18", "/reply/raise", _BAD_GATEWAY),
    Probe("F3.1/19", "/reply/unknown", _BAD_GATEWAY),
    Probe("F3.2/1", "/files/static", _event(lambda event: event["resource"] == "/files/static")),
    Probe("F3.2/1", "/files/a/b", _event(lambda event: event["resource"] == "/files/{proxy+}")),
    Probe("F3.2/3", "/echo/a", _status(403), "HEAD"),
    Probe("F3.2/4", "/echo/a/", _event(lambda event: event["path"] == "/echo/a/")),
    Probe("F3.2/7", "/files", _refused(403, "Missing Authentication Token")),
    Probe(
        "F3.2/8", "/echo/a",
        _event(
            lambda event: event["path"] == "/echo/a"
            and event["requestContext"]["path"] == f"/{event['requestContext']['stage']}/echo/a"
        ),
    ),
    Probe("F3.3/1", "/echo/a%2Bb", _event(lambda event: event["pathParameters"]["id"] == "a%2Bb")),
    Probe(
        "F3.3/2", "/echo/a?q=%2B+%20",
        _event(lambda event: event["queryStringParameters"] == {"q": "+  "}),
    ),
    Probe(
        "F4.1/9", "/reply/raise",
        lambda reply: reply.all("access-control-allow-origin") == ["*"],
    ),
    Probe("F5.1/1", "/echo/a", _event(lambda event: event.keys() == _TWELVE)),
    Probe(
        "F5.1/3", "/echo/a", _event(lambda event: event["headers"].get("tEsT-nAmE") == "1"),
        headers={"tEsT-nAmE": "1"},
    ),
    Probe(
        "F5.1/4", "/echo/a?p=1&p=2",
        _event(lambda event: event["queryStringParameters"] == {"p": "2"}),
    ),
    Probe("F5.1/4", "/echo/a", _event(lambda event: event["queryStringParameters"] is None)),
    Probe(
        "F5.1/5", "/echo/a?p=1&p=2",
        _event(lambda event: event["multiValueQueryStringParameters"] == {"p": ["1", "2"]}),
    ),
    Probe("F5.1/6", "/asking?q=1", _event(lambda event: event["pathParameters"] is None),
          headers=_ASKED),
    Probe("F5.1/8", "/echo/a", _event(lambda event: event["isBase64Encoded"] is False)),
    Probe(
        "F5.1/9", "/echo/a",
        _event(lambda event: not {"te", "max-forwards"} & {n.lower() for n in event["headers"]}),
        headers={"TE": "trailers", "Max-Forwards": "1"},
    ),
    Probe(
        "F5.1/10", "/echo/a",
        _event(
            lambda event: {"X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto",
                           "X-Amzn-Trace-Id"} <= event["headers"].keys()
        ),
    ),
    Probe("F5.2/1", "/reply/empty", lambda reply: (reply.status, reply.body) == (200, b"")),
    Probe("F5.2/2", "/reply/status", lambda reply: (reply.status, reply.body) == (200, b"")),
    Probe("F5.2/3", "/reply/headers", _status(200)),
    Probe("F5.2/4", "/reply/numeric", _status(201)),
    Probe("F5.2/5", "/reply/word", _BAD_GATEWAY),
    Probe("F5.2/6", "/reply/null-headers", _status(200)),
    Probe("F5.2/8", "/reply/unknown", _BAD_GATEWAY),
    Probe("F5.2/9", "/reply/text", _BAD_GATEWAY),
    Probe("F5.2/10", "/reply/no-lists", _BAD_GATEWAY),
    Probe("F5.2/11", "/reply/object", _BAD_GATEWAY),
    Probe("F5.2/13", "/reply/merged", lambda reply: sorted(reply.all("test-multi")) == ["a", "b"]),
    Probe("F5.2/14", "/reply/lines", lambda reply: reply.all("x-lines") == ["1", "2"]),
    Probe("F5.2/15", "/reply/base64", lambda reply: reply.body == b"Ynl0ZXM="),
    Probe("F5.2/19", "/reply/plain", lambda reply: reply.all("content-type") == [_JSON_TYPE]),
    Probe(
        "F5.3/2", "/reply/date",
        lambda reply: reply.all("x-amzn-remapped-date") == ["yesterday"]
        and reply.all("x-amzn-remapped-server") == ["mine"],
    ),
    Probe(
        "F5.3/3", "/reply/dropped",
        lambda reply: reply.all("x-kept") == ["1"] and not reply.all("via") + reply.all("host"),
    ),
    Probe(
        "F5.3/6", "/reply/challenge",
        lambda reply: reply.all("x-amzn-remapped-www-authenticate") == ["Basic"]
        and not reply.all("www-authenticate"),
    ),
    Probe(
        "F5.4/1", "/echo/a",
        lambda reply: bool(reply.all("x-amzn-requestid") and reply.all("x-amz-apigw-id")),
    ),
    Probe("F5.4/3", "/nowhere",
          lambda reply: reply.all("x-amzn-errortype") == ["MissingAuthenticationTokenException"]),
    Probe("F6/1", "/keyed", _status(200), headers={"X-API-Key": KEY}),
    Probe("F6/5", "/echo/a", _status(200), headers={"x-api-key": "wrong" * 6}),
    Probe(
        "F7/1", "/held",
        lambda reply: reply.status in (200, 204)
        and reply.all("access-control-allow-origin") == ["*"],
        "OPTIONS",
        {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"},
    ),
    Probe("F7/4", "/echo/a", lambda reply: not reply.all("access-control-allow-origin"),
          headers={"Origin": "https://a.example"}),
)  # fmt: skip
