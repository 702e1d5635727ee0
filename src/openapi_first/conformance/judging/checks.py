"""What every response is held to, whatever request brought it about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from openapi_first.conformance.model.messages import Response
from openapi_first.conformance.model.run import Exchange, Expectation, Phase
from openapi_first.core.media_types import is_json
from openapi_first.openapi.model import Operation
from openapi_first.openapi.model import Response as Declared

# Headers that HTTP, CORS, API Gateway, CloudFront and load balancers add by themselves.
_NOBODY_DECLARES = frozenset(
    {
        *("age", "alt-svc", "cache-control", "connection", "content-encoding", "content-length"),
        *("content-type", "date", "keep-alive", "server", "strict-transport-security"),
        *("transfer-encoding", "vary", "via", "x-cache"),
    }
)
_PREFIXES = ("access-control-", "x-amz-", "x-amzn-")
_LEAKS = {
    "a stack trace": re.compile(
        r"Traceback \(most recent call last\)|^\s*File \"[^\"]+\", line \d+"
        r"|\bat [\w$.]+\([\w$]+\.(?:java|js|ts):\d+|\.(?:js|ts|go|rb):\d+:\d+\)"
        r"|goroutine \d+ \[running\]",
        re.MULTILINE,
    ),
    "a path of the server": re.compile(
        r"(?:/var/task|/var/runtime|/opt/python|/usr/(?:local/)?lib|/home/[\w.-]+|/root|/tmp|/srv)"
        r"/[\w./-]*\w|(?:/[\w.-]+){2,}\.(?:py|js|rb|java|go|php)\b|[A-Z]:\\(?:\w+\\)+\w+"
    ),
    "a secret": re.compile(
        r"aws_?secret_?access_?key|aws_?session_?token|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
        r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bpassword\s*[=:]\s*\S",
        re.IGNORECASE,
    ),
}
_REFUSALS = frozenset({400, 401, 403, 405, 406, 415, 422})
_NO_REFUSAL_OF_A_FORBIDDEN = frozenset({401, 403, 429})


def declared_response(operation: Operation, status: int) -> Declared | None:
    """The response the contract declares for a status: itself, its class, or `default`."""
    by_status = {response.status: response for response in operation.responses}
    for key in (str(status), f"{status // 100}XX", "default"):
        if key in by_status:
            return by_status[key]
    return None


def response_complaints(
    operation: Operation, exchange: Exchange, placeholders: tuple[str, ...]
) -> Iterator[tuple[str, str | None]]:
    """Each check that has a say in the exchange, and its complaint, None where it has none.
    `placeholders` stand where the response shows credentials."""
    response, case = exchange.response, exchange.case
    declared = declared_response(operation, response.status)
    yield "server-error", f"{response.status}" if response.status >= 500 else None
    yield "status", None if declared else f"{response.status} is not declared"
    yield "disclosure", _disclosed(exchange, placeholders)
    if declared is not None:
        yield "media-type", _media_type(declared, response)
        yield "undocumented-header", _undeclared(declared, response)
    if response.media_type == "application/problem+json":
        yield "problem-details", _problem(response)
    if case.phase is Phase.CLEANUP:
        return
    if case.expectation is Expectation.ALLOWED:
        refused = response.status in _REFUSALS
        yield "allowed", f"refused with {response.status}: {_said(response)}" if refused else None
    if case.expectation is Expectation.FORBIDDEN:
        yield "forbidden", _not_refused(response)


def _not_refused(response: Response) -> str | None:
    if response.status < 400:
        return f"answered {response.status}"
    if response.status >= 500:
        return f"answered {response.status}, where a 4xx says whose fault it is"
    if response.status in _NO_REFUSAL_OF_A_FORBIDDEN:
        return f"answered {response.status}, which says nothing of the fault"
    return None


def _media_type(declared: Declared, response: Response) -> str | None:
    if not response.body:
        return None
    if not declared.content:
        return f"{response.status} has no body, and {len(response.body)} bytes came"
    if not response.media_type:
        return "a body came without Content-Type"
    for entry in declared.content:
        wanted, _, kind = entry.name.partition(";")[0].partition("/")
        own, _, own_kind = response.media_type.partition("/")
        if wanted in ("*", own) and kind.strip() in ("*", own_kind):
            return None
    return f"{response.media_type} is not declared for {response.status}"


def _undeclared(declared: Declared, response: Response) -> str | None:
    known = {header.name.lower() for header in declared.headers} | _NOBODY_DECLARES
    if response.status in (429, 503):
        known |= {"retry-after"}
    found = sorted(
        {
            name
            for name, _ in response.headers
            if name.lower() not in known and not name.lower().startswith(_PREFIXES)
        }
    )
    return f"{', '.join(found)} is not declared for {response.status}" if found else None


def _problem(response: Response) -> str | None:
    """RFC 9457 §3.1: the types of the members, and the status that has to be the response's."""
    try:
        problem = json.loads(response.body)
    except ValueError:
        return "it is no JSON"
    if not isinstance(problem, dict):
        return "it is no object"
    for name in ("type", "title", "detail", "instance"):
        if name in problem and not isinstance(problem[name], str):
            return f"{name} is no text"
    if "title" not in problem and problem.get("type", "about:blank") == "about:blank":
        return "neither type nor title says what the problem is"
    status = problem.get("status")
    if status is not None and status != response.status:
        return f"its status is {status}, the response's {response.status}"
    return None


def _disclosed(exchange: Exchange, placeholders: tuple[str, ...]) -> str | None:
    response = exchange.response
    if not response.body or not (
        is_json(response.media_type) or response.media_type[:5] == "text/"
    ):
        return None
    text = response.body.decode("utf-8", "replace")
    request = exchange.case.request
    sent = (request.body or b"").decode("utf-8", "replace") + unquote(request.target)
    if any(placeholder in text for placeholder in placeholders):
        return "the body holds a credential of the request"
    plain = text.replace("\\n", "\n").replace('\\"', '"')
    for what, expression in _LEAKS.items():
        # What clients have stored is theirs, and may be anything.
        if response.status < 400 and what != "a stack trace":
            continue
        for match in expression.finditer(plain):
            if match[0] not in sent:
                return f"the body shows {what}: {match[0].strip()[:60]}"
    return None


def _said(response: Response) -> str:
    try:
        problem: Any = json.loads(response.body)
        text = str(problem.get("detail") or problem.get("title"))
        faults = problem.get("errors")
        if isinstance(faults, list):
            text += " " + "; ".join(
                f"{each.get('parameter') or each.get('pointer')}: {each.get('detail')}"
                for each in faults
            )
    except (ValueError, AttributeError):
        text = response.body[:200].decode("utf-8", "replace")
    return text if len(text) <= 300 else text[:299] + "…"
