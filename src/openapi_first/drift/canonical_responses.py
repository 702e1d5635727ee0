"""The canonical form of gateway responses and integration responses."""

from __future__ import annotations

from typing import Any

_STOCK = {"application/json": '{"message":$context.error.messageString}'}
# AWS: supported-gateway-response-types.
_STATUS = {
    **dict.fromkeys(("BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS"), "400"),
    "UNAUTHORIZED": "401",
    **dict.fromkeys(
        (
            *("ACCESS_DENIED", "EXPIRED_TOKEN", "INVALID_API_KEY", "INVALID_SIGNATURE"),
            *("MISSING_AUTHENTICATION_TOKEN", "WAF_FILTERED"),
        ),
        "403",
    ),
    "RESOURCE_NOT_FOUND": "404",
    "REQUEST_TOO_LARGE": "413",
    "UNSUPPORTED_MEDIA_TYPE": "415",
    **dict.fromkeys(("QUOTA_EXCEEDED", "THROTTLED"), "429"),
    **dict.fromkeys(
        ("API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE"), "500"
    ),
    **dict.fromkeys(("INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"), "504"),
}


def gateway_responses(written: dict[str, Any]) -> dict[str, Any]:
    """Those that differ from API Gateway's own, with their defaults filled in."""
    found = {name: _gateway_response(name, each) for name, each in written.items()}
    return {name: each for name, each in found.items() if each != _gateway_response(name, {})}


def _gateway_response(name: str, written: dict[str, Any]) -> dict[str, Any]:
    status = written.get("statusCode") or _STATUS.get(name)
    return {
        **({"statusCode": str(status)} if status else {}),
        "responseParameters": dict(written.get("responseParameters") or {}),
        "responseTemplates": dict(written.get("responseTemplates") or _STOCK),
    }


def integration_responses(written: dict[str, Any]) -> dict[str, Any]:
    """By the selection pattern."""
    found: dict[str, Any] = {}
    for pattern, each in written.items():
        response: dict[str, Any] = {"statusCode": str(each.get("statusCode"))}
        for key in ("responseParameters", "responseTemplates"):
            if each.get(key):
                response[key] = dict(each[key])
        if each.get("contentHandling"):
            response["contentHandling"] = each["contentHandling"]
        found[pattern] = response
    return found
