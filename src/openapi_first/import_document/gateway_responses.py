"""The gateway's own responses, as problem details like those of the Lambda.

Templates can only substitute variables (AWS: api-gateway-gatewayResponse-definition). A listed type
inherits nothing from DEFAULT_4XX and DEFAULT_5XX, so each repeats its headers. Those two set no
status code, since it would replace the code of every type of their class.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
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
from openapi_first.core.problem_details import MEDIA_TYPE, phrase

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


def gateway_responses(allow_origin: str, expose_headers: str) -> dict[str, Any]:
    """The value of `x-amazon-apigateway-gateway-responses`."""
    headers = {
        "gatewayresponse.header.Access-Control-Allow-Origin": f"'{allow_origin}'",
        "gatewayresponse.header.Access-Control-Expose-Headers": f"'{expose_headers}'",
        "gatewayresponse.header.Content-Type": f"'{MEDIA_TYPE}'",
    }
    responses: dict[str, Any] = {
        DEFAULT_4XX.name: _response(headers, None, "Client Error", _MESSAGE),
        DEFAULT_5XX.name: _response(headers, None, "Server Error", None),
    }
    for kind, status in _statuses():
        detail = _DETAILS.get(kind, json.dumps(phrase(status)))
        own = dict(headers)
        if kind is THROTTLED:
            own["gatewayresponse.header.Retry-After"] = f"'{_RETRY_AFTER_SECONDS}'"
        responses[kind.name] = {
            "statusCode": str(status),
            **_response(own, status, phrase(status), detail),
        }
    return dict(sorted(responses.items()))


def _statuses() -> Iterator[tuple[GatewayResponseType, int]]:
    """The types that can be customised, except the defaults of their classes."""
    for kind in GATEWAY_RESPONSES.values():
        if kind.customisable and kind.status is not None and kind not in _LEFT_OUT:
            yield kind, _OWN_STATUS.get(kind, kind.status)


def _response(
    headers: dict[str, str], status: int | None, title: str, detail: str | None
) -> dict[str, Any]:
    members = ['"type":"about:blank"', f'"title":{json.dumps(title)}']
    if status is not None:
        members.append(f'"status":{status}')
    if detail is not None:
        members.append(f'"detail":{detail}')
    members.append('"instance":"urn:uuid:$context.requestId"')
    return {
        "responseParameters": headers,
        "responseTemplates": {"application/json": "{" + ",".join(members) + "}"},
    }
