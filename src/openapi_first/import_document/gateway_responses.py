"""The gateway's own responses, as problem details like those of the Lambda.

Templates can only substitute variables (AWS: api-gateway-gatewayResponse-definition). A listed type
inherits nothing from DEFAULT_4XX and DEFAULT_5XX, so each repeats its headers. Those two set no
status code, since it would replace the code of every type of their class.
"""

from __future__ import annotations

import json
from typing import Any

from openapi_first.core.problem_details import MEDIA_TYPE, phrase

_RETRY_AFTER_SECONDS = 1

# AWS: supported-gateway-response-types. REQUEST_TOO_LARGE is left out, since it cannot be
# customised, and INTEGRATION_FAILURE, since it has other statuses than its own 504.
_STATUS = {
    "ACCESS_DENIED": 403,
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "EXPIRED_TOKEN": 403,
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    # For an unknown path or method, where API Gateway's own 403 is misleading.
    "MISSING_AUTHENTICATION_TOKEN": 404,
    "QUOTA_EXCEEDED": 429,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
}

_MESSAGE = "$context.error.messageString"  # is in quotes already
_DETAILS = {
    "BAD_REQUEST_BODY": '"$context.error.validationErrorString"',
    "BAD_REQUEST_PARAMETERS": _MESSAGE,
    "MISSING_AUTHENTICATION_TOKEN": json.dumps("The API has no such path, or not this method."),
}


def gateway_responses(allow_origin: str, expose_headers: str) -> dict[str, Any]:
    """The value of `x-amazon-apigateway-gateway-responses`."""
    headers = {
        "gatewayresponse.header.Access-Control-Allow-Origin": f"'{allow_origin}'",
        "gatewayresponse.header.Access-Control-Expose-Headers": f"'{expose_headers}'",
        "gatewayresponse.header.Content-Type": f"'{MEDIA_TYPE}'",
    }
    responses: dict[str, Any] = {
        "DEFAULT_4XX": _response(headers, None, "Client Error", _MESSAGE),
        "DEFAULT_5XX": _response(headers, None, "Server Error", None),
    }
    for name, status in _STATUS.items():
        detail = _DETAILS.get(name, json.dumps(phrase(status)))
        own = dict(headers)
        if name == "THROTTLED":
            own["gatewayresponse.header.Retry-After"] = f"'{_RETRY_AFTER_SECONDS}'"
        responses[name] = {
            "statusCode": str(status),
            **_response(own, status, phrase(status), detail),
        }
    return dict(sorted(responses.items()))


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
