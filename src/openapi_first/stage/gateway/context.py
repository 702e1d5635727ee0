"""`requestContext` of an event, and `$context` of a template: the same facts about one request.

AWS: api-gateway-mapping-template-reference, set-up-lambda-proxy-integrations.
"""

from __future__ import annotations

import hashlib
import time
from functools import lru_cache
from typing import Any

from openapi_first.stage.api.rest_api import Method
from openapi_first.stage.api.routing import StagePath
from openapi_first.stage.messages.request import RequestIds, StageRequest
from openapi_first.stage.messages.settings import Settings

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_IDENTITY = (
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "sourceIp",
    "user",
    "userAgent",
    "userArn",
)


def request_context(
    request: StageRequest,
    ids: RequestIds,
    path: StagePath,
    method: Method | None,
    *,
    settings: Settings,
    deployment: str,
) -> dict[str, Any]:
    """The keys of an event from a regional endpoint, and no others.

    Before the method is known, `resourceId` and `resourcePath` are null.
    """
    host = (request.header("host") or "localhost").rsplit("@")[-1]
    domain = host if host.startswith("[") else host.partition(":")[0]
    identity: dict[str, Any] = dict.fromkeys(_IDENTITY)
    identity["sourceIp"] = request.source_ip
    identity["userAgent"] = request.header("user-agent")
    context: dict[str, Any] = {
        "accountId": settings.account_id,
        "apiId": settings.api_id,
        "deploymentId": deployment,
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "extendedRequestId": ids.extended_id,
        "httpMethod": request.method,
        "identity": identity,
        "path": path.full,
        "protocol": request.protocol,
        "requestId": ids.request_id,
        "requestTime": _clf(int(ids.epoch)),
        "requestTimeEpoch": int(ids.epoch * 1000),
        "resourceId": _resource_id(method.resource) if method else None,
        "resourcePath": method.resource if method else None,
        "stage": path.stage,
    }
    if settings.operation_name_in_context and method and method.operation_name:
        context["operationName"] = method.operation_name
    return context


@lru_cache
def _resource_id(resource: str) -> str:
    # A resource has the same id each time the stage is started.
    return hashlib.sha256(resource.encode()).hexdigest()[:6]


@lru_cache(maxsize=8)
def _clf(epoch: int) -> str:
    """`09/Apr/2015:12:34:56 +0000`, in any locale."""
    at = time.gmtime(epoch)
    clock = f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}"
    return f"{at.tm_mday:02}/{_MONTHS[at.tm_mon - 1]}/{at.tm_year}:{clock} +0000"
