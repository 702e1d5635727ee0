"""The response of a method whose integration is not a proxy, from the response of the integration.

AWS: api-gateway-swagger-extensions-integration-responses, rest-api-parameter-mapping.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from openapi_first.stage.api.method_request import MethodRequest
from openapi_first.stage.api.rest_api import Integration, IntegrationResponse
from openapi_first.stage.mapping.content_handling import response_payload
from openapi_first.stage.mapping.headers import Headers, mapped_back
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.messages.mapping_expressions import evaluate, render
from openapi_first.stage.messages.response import StageResponse


async def select(integration: Integration, text: str | None) -> IntegrationResponse:
    """The first response whose pattern matches the whole text, else the default.

    The text is the endpoint's status or the function's `errorMessage`; None, for a function that
    did not fail, matches no pattern. Raises the gateway's 500 if there is no default either.
    """
    default = None
    for response in integration.responses:
        if response.pattern is None:
            default = response
        elif text is not None and await asyncio.to_thread(response.selected_by, text):
            return response
    if default is None:
        raise GatewayError.integration_failed(
            500,
            "Execution failed due to configuration error: No match for output mapping and no "
            f"default output mapping configured ({'no error' if text is None else text!r})",
        )
    return default


def method_response(
    request: MethodRequest, selected: IntegrationResponse, response: StageResponse
) -> StageResponse:
    """The selected response with its mapped headers, and the body after its template or passed
    through. No other header of the integration's response is sent."""
    variables = replace(request.variables, response=response)
    headers: Headers = [("Content-Type", "application/json")]
    for name, expression in selected.headers:
        value = evaluate(expression, variables)
        if value is None:
            continue
        if name.lower() == "content-type":
            headers[0] = (name, value)
        else:
            headers.append((name, value))
    if selected.template:
        body = render(selected.template, variables).encode("utf-8", "replace")
    else:
        body = response_payload(request, response, selected.content_handling)
    return replace(response, status=selected.status, headers=tuple(mapped_back(headers)), body=body)
