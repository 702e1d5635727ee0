"""What is wrong with a response: a function for each check that judges every response."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from openapi_first.conformance.model.messages import Response
from openapi_first.conformance.model.run import Exchange
from openapi_first.core.media_types import is_json
from openapi_first.openapi.model import Operation
from openapi_first.openapi.model import Response as Declared

# Headers that HTTP, CORS, the engine, API Gateway, CloudFront and load balancers add.
_ADDED_ON_THE_WAY = frozenset(
    {
        *("age", "alt-svc", "cache-control", "connection", "content-encoding", "content-length"),
        *("content-type", "date", "keep-alive", "server", "strict-transport-security"),
        *("transfer-encoding", "vary", "via", "x-cache"),
        "x-content-type-options",
    }
)
_PREFIXES = ("access-control-", "x-amz-", "x-amzn-")
_STACK_TRACE = "a stack trace"
_LEAKS = {
    _STACK_TRACE: re.compile(
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
_ENTITY_TAG = re.compile(r'"[!#-~\x80-\xff]*"')
_ENTITY_TAGS = re.compile(rf"(W/)?{_ENTITY_TAG.pattern}(\s*,\s*(W/)?{_ENTITY_TAG.pattern})*")
_REFUSALS = frozenset({400, 401, 403, 405, 406, 415, 422})
_UNRELATED_REFUSALS = frozenset({401, 403, 429})
_LONGEST = 300
_MESSAGES = ("detail", "title", "message", "error")
"""The members of an error body that may say what is wrong, the most exact first."""


@dataclass(frozen=True)
class Evidence:
    """An exchange, and what checks need to judge its response.

    `declared` is the contract's response for the status. `schema_errors` returns openapi-core's
    complaints by check id, and may raise whatever a malformed body makes it raise. `placeholders`
    stand where the response shows a credential. `preflight_origins` are the origins that the
    preflights of paths allow, as far as they are known; None if a preflight allows none.
    """

    operation: Operation
    exchange: Exchange
    declared: Declared | None
    schema_errors: Callable[[], Mapping[str, str]]
    placeholders: tuple[str, ...]
    preflight_origins: Mapping[str, str | None]

    @property
    def response(self) -> Response:
        return self.exchange.response

    @property
    def may_have_content(self) -> bool:
        """Responses to HEAD, and those with 1xx, 204 or 304, have no content (RFC 9110 §6.4.1)."""
        status = self.response.status
        return self.operation.method != "HEAD" and status >= 200 and status not in (204, 304)


def undeclared_status(evidence: Evidence) -> str | None:
    return None if evidence.declared else f"{evidence.response.status} is not declared"


def server_error(evidence: Evidence) -> str | None:
    status = evidence.response.status
    return f"the status is {status}" if status >= 500 else None


def undeclared_media_type(evidence: Evidence) -> str | None:
    declared, response = evidence.declared, evidence.response
    if declared is None:
        return None
    if evidence.operation.method == "HEAD":
        # Its headers are those of GET (RFC 9110 §9.3.2), whose content it need not declare.
        if not (declared.content and response.media_type):
            return None
    elif not (response.body and evidence.may_have_content):
        return None
    if not declared.content:
        return f"{response.status} has no body, but the response has {len(response.body)} bytes"
    if not response.media_type:
        return "the response has a body but no Content-Type"
    if any(declares(entry.name, response.media_type) for entry in declared.content):
        return None
    return f"{response.media_type} is not declared for {response.status}"


def declares(media_range: str, media_type: str) -> bool:
    """Whether a declared media type, which may be a range such as `text/*`, contains another."""
    main, _, sub = media_range.partition(";")[0].strip().lower().partition("/")
    own_main, _, own_sub = media_type.partition("/")
    return main in ("*", own_main) and sub in ("*", own_sub)


def undeclared_header(evidence: Evidence) -> str | None:
    declared, response = evidence.declared, evidence.response
    known = {header.name.lower() for header in declared.headers} if declared else set()
    known |= _ADDED_ON_THE_WAY
    if response.status in (429, 503):
        known |= {"retry-after"}
    found = sorted(
        {
            name
            for name, _ in response.headers
            if name.lower() not in known and not name.lower().startswith(_PREFIXES)
        }
    )
    if not found:
        return None
    return f"{', '.join(found)}: not declared for {response.status}"


def malformed_problem(evidence: Evidence) -> str | None:
    """RFC 9457 §3.1: the types of the members, and the status, which must be the response's."""
    try:
        problem = json.loads(evidence.response.body)
    except (ValueError, RecursionError):
        return "the body is not JSON"
    if not isinstance(problem, dict):
        return "the body is not an object"
    for name in ("type", "title", "detail", "instance"):
        if name in problem and not isinstance(problem[name], str):
            return f"`{name}` is not a string"
    if "title" not in problem and problem.get("type", "about:blank") == "about:blank":
        return "neither `type` nor `title` names the problem"
    status = problem.get("status")
    if status is not None and status != evidence.response.status:
        return f"`status` is {status!r}, but the response's status is {evidence.response.status}"
    return None


def disclosure(evidence: Evidence) -> str | None:
    response, request = evidence.response, evidence.exchange.case.request
    if not response.body or not (
        is_json(response.media_type) or response.media_type.startswith("text/")
    ):
        return None
    text = response.body.decode("utf-8", "replace")
    sent = (request.body or b"").decode("utf-8", "replace") + unquote(request.target)
    if any(placeholder in text for placeholder in evidence.placeholders):
        return "the body shows a credential of the request"
    plain = text.replace("\\n", "\n").replace('\\"', '"')
    for kind, expression in _LEAKS.items():
        # A success shows what clients have stored, and that may look like anything.
        if response.status < 400 and kind != _STACK_TRACE:
            continue
        for match in expression.finditer(plain):
            if match[0] not in sent:
                return f"the body shows {kind}: {match[0].strip()[:60]}"
    return None


def refused_although_allowed(evidence: Evidence) -> str | None:
    response = evidence.response
    if response.status not in _REFUSALS:
        return None
    return f"refused with {response.status}: {_reason(response)}"


def accepted_although_forbidden(evidence: Evidence) -> str | None:
    status = evidence.response.status
    if status < 400:
        return f"the status is {status}, not a 4xx"
    if status >= 500:
        return f"the status is {status}, but the error is in the request: expected a 4xx"
    if status in _UNRELATED_REFUSALS:
        return f"the status is {status}, which does not report the error in the request"
    return None


def body_error(evidence: Evidence) -> str | None:
    content_type = evidence.response.header("Content-Type") or ""
    if is_json(evidence.response.media_type) and "charset" not in content_type.lower():
        try:
            evidence.response.body.decode("utf-8")
        except UnicodeDecodeError:
            return "the body is JSON but not UTF-8 (RFC 8259 §8.1)"
    return evidence.schema_errors().get("body")


def header_error(evidence: Evidence) -> str | None:
    return evidence.schema_errors().get("header")


def named_tags(evidence: Evidence) -> frozenset[str] | None:
    """The entity tags in If-None-Match, as weak comparison sees them (RFC 9110 §8.8.3.2); None if
    the request or a 304 does not say which."""
    written = evidence.exchange.case.request.header("If-None-Match") or ""
    if evidence.response.status != 304 or evidence.response.header("ETag") is None:
        return None
    if not _ENTITY_TAGS.fullmatch(written.strip()):
        return None
    return frozenset(_ENTITY_TAG.findall(written))


def unknown_to_client(evidence: Evidence) -> str | None:
    """RFC 9110 §15.4.5: a 304 has the ETag of a 200, so the client must have named it."""
    tag = (evidence.response.header("ETag") or "").removeprefix("W/")
    if tag in (named_tags(evidence) or ()):
        return None
    return f"the status is 304, but its ETag {tag} is not in If-None-Match (RFC 9110 §13.1.2)"


def missing_cors(evidence: Evidence) -> str | None:
    response = evidence.response
    wanted = evidence.preflight_origins[evidence.operation.path]
    found = response.header("Access-Control-Allow-Origin")
    # A gateway response cannot know which of several origins to name. What the gateway refuses
    # before it looks at the API is plain text and has none of its headers.
    gateway_response = response.header("x-amzn-ErrorType") is not None and found == "*"
    if found == wanted or gateway_response or response.media_type == "text/plain":
        return None
    return (
        f"Access-Control-Allow-Origin is {found or 'missing'} on {response.status}, "
        f"but {wanted or 'missing'} on the preflight"
    )


def _reason(response: Response) -> str:
    try:
        problem: Any = json.loads(response.body)
        members = (problem.get(name) for name in _MESSAGES)
        text = next(each for each in members if isinstance(each, str) and each)
        errors = problem.get("errors")
        if isinstance(errors, list):
            text += " " + "; ".join(
                f"{each.get('parameter') or each.get('pointer')}: {each.get('detail')}"
                for each in errors
            )
    except (ValueError, AttributeError, RecursionError, StopIteration):
        text = response.body[:200].decode("utf-8", "replace")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
