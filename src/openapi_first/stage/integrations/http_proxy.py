"""HTTP proxy integrations (AWS: setup-http-integrations, known issues).

Request and response pass through, except the headers that the gateway keeps for itself, and bytes
that are not UTF-8 in what is not binary.
"""

from __future__ import annotations

from dataclasses import replace

from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.integrations.http_endpoint import exchange, filled_endpoint
from openapi_first.stage.mapping.content_handling import proxied_payload, request_payload
from openapi_first.stage.mapping.headers import Headers, forwarded_headers, returned_by_endpoint
from openapi_first.stage.mapping.integration_request import mapped_headers, mapped_parameters
from openapi_first.stage.messages.response import StageResponse


async def respond(request: MethodRequest) -> StageResponse:
    """The endpoint's response, or the gateway's 500 or 504 in its place."""
    mapped = mapped_parameters(request)
    endpoint = filled_endpoint(request, mapped, request.sent.query)
    headers = _headers(request, endpoint.host, mapped_headers(mapped))
    response = await exchange(request, endpoint, headers, request_payload(request))
    body = response.body if response.stream is not None else proxied_payload(request, response)
    return replace(response, headers=tuple(_returned(response.headers)), body=body)


def _headers(request: MethodRequest, host: str, own: Headers) -> Headers:
    # Recorded: the coding is not passed on, whose body is decoded here.
    replaced = {"host", "content-encoding", "x-amzn-apigateway-api-id"}
    replaced.update(name.lower() for name, _ in own)
    return [
        *_host(host, own),
        *(pair for pair in forwarded_headers(request) if pair[0].lower() not in replaced),
        *own,
        ("X-Amzn-Apigateway-Api-Id", request.settings.api_id),
    ]


def _host(host: str, own: Headers) -> Headers:
    return [] if any(name.lower() == "host" for name, _ in own) else [("Host", host)]


def _returned(headers: tuple[tuple[str, str], ...]) -> Headers:
    returned = returned_by_endpoint(headers)
    if not any(name.lower() == "content-type" for name, _ in returned):
        returned.append(("Content-Type", "application/json"))
    return returned
