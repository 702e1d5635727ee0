"""HTTP integrations that are not proxies (AWS: setup-http-integrations).

The endpoint gets the body, and of headers only the gateway's own and the mapped ones. Recorded from
AWS: `Accept: application/json`, the gateway's `User-Agent`, the API's id, a trace id.
"""

from __future__ import annotations

from dataclasses import replace

from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.integrations.http_endpoint import exchange, filled_endpoint
from openapi_first.stage.mapping.headers import Headers
from openapi_first.stage.mapping.integration_request import (
    integration_body,
    mapped_headers,
    mapped_parameters,
)
from openapi_first.stage.mapping.integration_response import method_response, select
from openapi_first.stage.messages.response import StageResponse


async def respond(request: MethodRequest) -> StageResponse:
    """The response that the endpoint's status selects, or the gateway's own in its place."""
    mapped, body = mapped_parameters(request), integration_body(request)
    endpoint = filled_endpoint(request, mapped, "")
    headers = _headers(request, endpoint.host, bool(body), mapped_headers(mapped))
    response = await exchange(request, endpoint, headers, body)
    selected = await select(request.integration, str(response.status))
    return method_response(request, selected, replace(response, traced=True))


def _headers(request: MethodRequest, host: str, has_body: bool, own: Headers) -> Headers:
    api_id = request.settings.api_id
    headers = {
        "host": ("Host", host),
        "accept": ("Accept", "application/json"),
        "user-agent": ("User-Agent", f"AmazonAPIGateway_{api_id}"),
        "x-amzn-apigateway-api-id": ("X-Amzn-Apigateway-Api-Id", api_id),
        "x-amzn-trace-id": ("X-Amzn-Trace-Id", request.ids.trace_id),
    }
    if has_body:
        kind = request.sent.header("content-type") or "application/json"
        headers["content-type"] = ("Content-Type", kind)
    return list({**headers, **{name.lower(): (name, value) for name, value in own}}.values())
