"""The `x-amazon-apigateway-*` extensions of an import document.

AWS: api-gateway-swagger-extensions and its child pages.
"""

from __future__ import annotations

import re

from openapi_first.aws import extensions
from openapi_first.aws.gateway_responses import GATEWAY_RESPONSES
from openapi_first.stage.api.nodes import Node
from openapi_first.stage.api.rest_api import GatewayResponse, Validator
from openapi_first.stage.messages.mapping_expressions import is_expression

_HEADER = "gatewayresponse.header."
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110 §5.6.2."""


def read_validators(root: Node) -> dict[str, Validator]:
    """AWS: api-gateway-swagger-extensions-request-validators."""
    return {
        name: Validator(
            body=node.get("validateRequestBody").flag(),
            parameters=node.get("validateRequestParameters").flag(),
        )
        for name, node in root.get(extensions.REQUEST_VALIDATORS).items()
    }


def read_gateway_responses(root: Node, warnings: list[str]) -> dict[str, GatewayResponse]:
    """AWS: api-gateway-swagger-extensions-gateway-responses."""
    responses: dict[str, GatewayResponse] = {}
    for name, node in root.get(extensions.GATEWAY_RESPONSES).items():
        kind = GATEWAY_RESPONSES.get(name)
        if kind is None:
            node.report(f"{name!r} is not a gateway response type")
            continue
        if not kind.customisable:
            warnings.append(f"#{node.pointer}: this type cannot be customised")
            continue
        templates = {kind: text.text() for kind, text in node.get("responseTemplates").items()}
        responses[name] = GatewayResponse(
            status=node.get("statusCode").status(),
            headers=_gateway_headers(node.get("responseParameters")),
            templates=templates,
        )
    return responses


def _gateway_headers(parameters: Node) -> tuple[tuple[str, str], ...]:
    headers: list[tuple[str, str]] = []
    for key, node in parameters.items():
        expression = read_expression(node)
        if expression.startswith("method.request.body"):
            node.report(f"{expression!r} is not a mapping expression of a gateway response")
        if key.startswith(_HEADER) and HEADER_NAME.fullmatch(key.removeprefix(_HEADER)):
            headers.append((key.removeprefix(_HEADER), expression))
        elif not key.startswith(("gatewayresponse.path.", "gatewayresponse.querystring.")):
            node.report(f"{key!r} is not gatewayresponse.header.<name>")
    return tuple(headers)


def read_expression(node: Node) -> str:
    """A mapping expression (AWS: rest-api-parameter-mapping-sources)."""
    expression = node.text()
    if isinstance(node.value, str | None) and not is_expression(expression):
        node.report(f"{expression!r} is not a mapping expression (a 'literal' or a variable)")
    return expression
