"""`requestContext` of an event, and `$context` of a template: the same facts about one request.

AWS: api-gateway-mapping-template-reference, set-up-lambda-proxy-integrations.
"""

from __future__ import annotations

import base64
import hashlib
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.api.routing import Route, StagePath
from openapi_first.stage.messages.request import StageRequest
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


@dataclass(frozen=True, slots=True)
class RequestIds:
    """What names a request: in the event, in response headers, in logs."""

    trace_id: str
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    extended_id: str = field(
        default_factory=lambda: base64.urlsafe_b64encode(os.urandom(11)).decode("ascii")
    )
    epoch: float = field(default_factory=time.time)

    @classmethod
    def of(cls, request: StageRequest) -> RequestIds:
        """Fresh ids; a trace the client began goes on."""
        trace = request.header("x-amzn-trace-id") or ""
        if "Root=" not in trace:
            root = f"Root=1-{int(time.time()):08x}-{os.urandom(12).hex()}"
            trace = f"{root};{trace}" if trace else root
        return cls(trace)


def request_context(
    request: StageRequest,
    ids: RequestIds,
    where: StagePath,
    *,
    settings: Settings,
    deployment: str,
    route: Route | None = None,
    key: ApiKey | None = None,
    authorizer: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The keys of an event from a regional endpoint, and no others.

    Before a route is known its `resourceId` and `resourcePath` are null.
    """
    host = (request.header("host") or "localhost").rsplit("@")[-1]
    domain = host if host.startswith("[") else host.partition(":")[0]
    identity: dict[str, Any] = dict.fromkeys(_IDENTITY)
    identity["sourceIp"] = request.source_ip
    identity["userAgent"] = request.header("user-agent")
    if key is not None:
        identity["apiKey"] = key.value
        identity["apiKeyId"] = key.id
    context: dict[str, Any] = {
        "accountId": settings.account_id,
        "apiId": settings.api_id,
        "deploymentId": deployment,
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "extendedRequestId": ids.extended_id,
        "httpMethod": request.method,
        "identity": identity,
        "path": where.full,
        "protocol": request.protocol,
        "requestId": ids.request_id,
        "requestTime": _clf(int(ids.epoch)),
        "requestTimeEpoch": int(ids.epoch * 1000),
        "resourceId": _resource_id(route.method.resource) if route else None,
        "resourcePath": route.method.resource if route else None,
        "stage": where.stage,
    }
    if authorizer is not None:
        context["authorizer"] = authorizer
    if settings.operation_name_in_context and route and route.method.operation_name:
        context["operationName"] = route.method.operation_name
    return context


@lru_cache
def _resource_id(resource: str) -> str:
    # The same resource keeps its id from one start of the stage to the next.
    return hashlib.sha256(resource.encode()).hexdigest()[:6]


@lru_cache(maxsize=8)
def _clf(epoch: int) -> str:
    """`09/Apr/2015:12:34:56 +0000`, whatever the machine's locale."""
    at = time.gmtime(epoch)
    clock = f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}"
    return f"{at.tm_mday:02}/{_MONTHS[at.tm_mon - 1]}/{at.tm_year}:{clock} +0000"
