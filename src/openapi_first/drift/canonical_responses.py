"""The canonical form of gateway responses and integration responses."""

from __future__ import annotations

from typing import Any

from openapi_first.aws.gateway_responses import DEFAULT_TEMPLATES, GATEWAY_RESPONSES


def gateway_responses(written: dict[str, Any]) -> dict[str, Any]:
    """Those that differ from API Gateway's own, with their defaults filled in."""
    found = {name: _gateway_response(name, each) for name, each in written.items()}
    return {name: each for name, each in found.items() if each != _gateway_response(name, {})}


def _gateway_response(name: str, written: dict[str, Any]) -> dict[str, Any]:
    kind = GATEWAY_RESPONSES.get(name)
    status = written.get("statusCode") or (kind and kind.status)
    return {
        **({"statusCode": str(status)} if status else {}),
        "responseParameters": dict(written.get("responseParameters") or {}),
        "responseTemplates": dict(written.get("responseTemplates") or DEFAULT_TEMPLATES),
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
