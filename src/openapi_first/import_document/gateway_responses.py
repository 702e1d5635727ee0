"""The gateway's own responses: problem details like those of the Lambda, or the contract's shape.

Templates can only substitute variables (AWS: api-gateway-gatewayResponse-definition). A listed type
inherits nothing from DEFAULT_4XX and DEFAULT_5XX, so each repeats its headers. Those two set no
status code, since it would replace the code of every type of their class.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from openapi_first.aws.gateway_responses import (
    BAD_REQUEST_BODY,
    BAD_REQUEST_PARAMETERS,
    DEFAULT_4XX,
    DEFAULT_5XX,
    GATEWAY_RESPONSES,
    INTEGRATION_FAILURE,
    MISSING_AUTHENTICATION_TOKEN,
    THROTTLED,
    GatewayResponseType,
)
from openapi_first.core.problem_details import MEDIA_TYPE, Problem, phrase
from openapi_first.core.problem_templates import VARIABLES, ErrorBody, filled, problem_values

_RETRY_AFTER_SECONDS = 1

_OWN_STATUS = {
    # For an unknown path or method, where API Gateway's own 403 is misleading.
    MISSING_AUTHENTICATION_TOKEN: 404,
}
_LEFT_OUT = {
    # It has other statuses than its own 504.
    INTEGRATION_FAILURE,
}

_MESSAGE = "$context.error.messageString"  # is in quotes already
_DETAILS = {
    BAD_REQUEST_BODY: '"$context.error.validationErrorString"',
    BAD_REQUEST_PARAMETERS: _MESSAGE,
    MISSING_AUTHENTICATION_TOKEN: json.dumps("The API has no such path, or not this method."),
}


_JSON = "application/json"
_JSON_TYPE = re.compile(r"application/json|[\w.-]+/[\w.-]+\+json", re.ASCII)
_MARK = "\0"
"""Begins the name of a variable of API Gateway in a template that is being filled."""
_VARIABLES = {
    "instance": '"urn:uuid:$context.requestId"',
    "request_id": '"$context.requestId"',
}


def gateway_responses(
    allow_origin: str, expose_headers: str, bodies: Mapping[int, ErrorBody] | None = None
) -> dict[str, Any]:
    """The value of `x-amazon-apigateway-gateway-responses`; `bodies` are those by status that are
    not problem details. Types without a status have the body of their class, 400 or 500."""
    headers = {
        "gatewayresponse.header.Access-Control-Allow-Origin": f"'{allow_origin}'",
        "gatewayresponse.header.Access-Control-Expose-Headers": f"'{expose_headers}'",
        "gatewayresponse.header.X-Content-Type-Options": "'nosniff'",
    }
    bodies = bodies or {}
    responses: dict[str, Any] = {}
    for kind, status, title, detail in (
        (DEFAULT_4XX, 400, "Client Error", _MESSAGE),
        (DEFAULT_5XX, 500, "Server Error", None),
    ):
        if status in bodies:
            # RFC 9110 §15: an unknown status is equivalent to the x00 status of its class.
            template = _filled(bodies[status].template, status, title, detail)
        else:
            template = _details(None, title, detail)
        responses[kind.name] = _response(headers, bodies.get(status), template)
    for kind, status in _statuses():
        detail = _DETAILS.get(kind, json.dumps(phrase(status)))
        own = dict(headers)
        if kind is THROTTLED:
            own["gatewayresponse.header.Retry-After"] = f"'{_RETRY_AFTER_SECONDS}'"
        if status in bodies:
            template = _filled(bodies[status].template, status, phrase(status), detail)
        else:
            template = _details(status, phrase(status), detail)
        responses[kind.name] = {
            "statusCode": str(status),
            **_response(own, bodies.get(status), template),
        }
    return dict(sorted(responses.items()))


@cache
def gateway_statuses() -> tuple[int, ...]:
    """The statuses of the responses whose bodies can be chosen."""
    return tuple(sorted({status for _, status in _statuses()}))


def error_body(written: Any, problems: list[str]) -> ErrorBody | None:
    """The body in `[tool.contract.errors]`, or every problem in it."""
    found = list(_problems_in(written)) if isinstance(written, dict) else ["is not a table"]
    problems += [f"[tool.contract.errors]: {each}" for each in dict.fromkeys(found)]
    return None if found else ErrorBody(written.get("media_type", _JSON), written["body"])


def _problems_in(written: Mapping[str, Any]) -> Iterator[str]:
    for key in written:
        if key not in ("body", "media_type"):
            yield f"unknown setting {key}; use: body, media_type"
    media_type = written.get("media_type", _JSON)
    if not (isinstance(media_type, str) and _JSON_TYPE.fullmatch(media_type)):
        yield f"media_type is not a JSON media type: {media_type!r}"
    if isinstance(written.get("body"), dict) and written["body"]:
        yield from _wrong_values(written["body"])
    else:
        yield "body is not a table of the members of an error body"


def _wrong_values(template: Any) -> Iterator[str]:
    """API Gateway would replace what follows a `$` anywhere in a template."""
    if isinstance(template, dict):
        for name, member in template.items():
            if "$" in name:
                yield f"the name {name!r} has a $, which begins a variable of API Gateway"
            yield from _wrong_values(member)
    elif isinstance(template, list):
        for item in template:
            yield from _wrong_values(item)
    elif isinstance(template, str):
        if "$" in template and template not in VARIABLES:
            yield f"unknown variable in {template!r}; a value can be one of: {', '.join(VARIABLES)}"
    elif not isinstance(template, int | float) or not math.isfinite(template):
        yield f"{template!r} is not a JSON value"


def _statuses() -> Iterator[tuple[GatewayResponseType, int]]:
    """The types that can be customised, except the defaults of their classes."""
    for kind in GATEWAY_RESPONSES.values():
        if kind.customisable and kind.status is not None and kind not in _LEFT_OUT:
            yield kind, _OWN_STATUS.get(kind, kind.status)


def _details(status: int | None, title: str, detail: str | None) -> str:
    members = ['"type":"about:blank"', f'"title":{json.dumps(title)}']
    if status is not None:
        members.append(f'"status":{status}')
    if detail is not None:
        members.append(f'"detail":{detail}')
    members.append(f'"instance":{_VARIABLES["instance"]}')
    return "{" + ",".join(members) + "}"


def _filled(template: Any, status: int, title: str, detail: str | None) -> str:
    texts = {**_VARIABLES, "detail": detail or json.dumps(title)}
    values = problem_values(Problem(status, title=title), None)
    values |= {name: _MARK + name for name in texts} | {"message": _MARK + "detail"}
    written = json.dumps(filled(template, values), separators=(",", ":"))
    for name, text in texts.items():
        written = written.replace(json.dumps(_MARK + name), text)
    return written


def _response(headers: dict[str, str], body: ErrorBody | None, template: str) -> dict[str, Any]:
    media_type = MEDIA_TYPE if body is None else body.media_type
    return {
        "responseParameters": {
            **headers,
            "gatewayresponse.header.Content-Type": f"'{media_type}'",
        },
        "responseTemplates": {"application/json": template},
    }
