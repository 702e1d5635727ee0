"""The `x-amazon-apigateway-*` extensions of an import document.

AWS: api-gateway-swagger-extensions and its child pages.
"""

from __future__ import annotations

import re

from openapi_first.aws import extensions, quotas
from openapi_first.aws.gateway_responses import GATEWAY_RESPONSES
from openapi_first.aws.methods import INTEGRATION_TYPES, PASSTHROUGH_BEHAVIORS
from openapi_first.stage.api.nodes import Node
from openapi_first.stage.api.rest_api import (
    GatewayResponse,
    Integration,
    IntegrationResponse,
    Location,
    Passthrough,
    Validator,
)
from openapi_first.stage.messages.mapping_expressions import is_expression

_HEADER = "gatewayresponse.header."
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# More than `$context.…` and `$stageVariables.…`, which are allowed in every template.
_VTL = re.compile(r"#(?:if|set|foreach|end|else|define|macro|parse)\b|\$(?:!|\{|input\b|util\b)")
_SERVICE = re.compile(r"\barn:.+?:apigateway:.+?:([\w.-]+):(?:action|path)/")
_LOCATIONS: dict[str, Location] = {
    "header": "header",
    "path": "path",
    "querystring": "querystring",
}
_PASSTHROUGH: dict[str, Passthrough] = {
    "when_no_match": "WHEN_NO_MATCH",
    "when_no_templates": "WHEN_NO_TEMPLATES",
    "never": "NEVER",
}
_LONGEST_MS = quotas.LONGEST_TIMEOUT_MS.limit
_SHORTEST_MS = quotas.SHORTEST_TIMEOUT_MS.limit


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
        expression = _expression(node)
        if key.startswith(_HEADER) and _TOKEN.fullmatch(key.removeprefix(_HEADER)):
            headers.append((key.removeprefix(_HEADER), expression))
        elif not key.startswith(("gatewayresponse.path.", "gatewayresponse.querystring.")):
            node.report(f"{key!r} is not gatewayresponse.header.<name>")
    return tuple(headers)


def _expression(node: Node) -> str:
    expression = node.text()
    if not is_expression(expression):
        node.report(f"{expression!r} is not a mapping expression (a 'literal' or a variable)")
    return expression


def read_integration(operation: Node, root: Node, warnings: list[str]) -> Integration:
    """AWS: api-gateway-swagger-extensions-integration."""
    node = operation.get(extensions.INTEGRATION).resolved(root)
    if node.value is None:
        operation.report(f"no {extensions.INTEGRATION}")
        return Integration("mock")
    kind = "" if _is_intrinsic(node.value) else node.get("type").text().lower()
    reason = _why_not_here(node, kind)
    if reason is not None:
        # The document's other methods can still be served.
        warnings.append(f"#{node.pointer}: {reason}; its method responds with 500")
        return Integration("unsupported", reason=reason)
    timeout = node.get("timeoutInMillis")
    milliseconds = timeout.value if timeout.value is not None else _LONGEST_MS
    whole = isinstance(milliseconds, int) and not isinstance(milliseconds, bool)
    if not whole or milliseconds < _SHORTEST_MS:
        timeout.report(f"must be a whole number of milliseconds, at least {_SHORTEST_MS}")
        milliseconds = _LONGEST_MS
    if milliseconds > _LONGEST_MS:
        warnings.append(
            f"#{timeout.pointer}: more than {_LONGEST_MS:,} needs a raised quota on AWS"
        )
    passthrough = node.get("passthroughBehavior").text(PASSTHROUGH_BEHAVIORS[0]).lower()
    if passthrough not in _PASSTHROUGH:
        node.get("passthroughBehavior").report(f"{passthrough!r} is unknown")
    if kind == "aws_proxy":
        return _aws_proxy(node, milliseconds / 1000, warnings)
    if kind == "http_proxy":
        return _http_proxy(node, milliseconds / 1000)
    if kind != "mock":
        *others, last = INTEGRATION_TYPES
        allowed = f"{', '.join(others)} or {last}"
        node.get("type").report(f"{kind!r} is not an integration type ({allowed})")
    return _mock(node, operation, milliseconds / 1000, warnings)


def _why_not_here(node: Node, kind: str) -> str | None:
    """Why only AWS can perform an integration; None for one that this stage performs too."""
    uri = node.get("uri").value
    if str(node.get("connectionType").value).upper() == "VPC_LINK":
        return "it calls through a VPC link, which this stage does not have"
    service = node.get("integrationSubtype").value
    if service is None and kind == "aws":
        found = _SERVICE.search(str(uri))
        service = found[1] if found is not None and found[1] != "lambda" else None
    if service is not None:
        return f"it calls an AWS service ({service}), which this stage does not have"
    if _is_intrinsic(node.value) or _is_intrinsic(uri):
        return "a function of CloudFormation says what it calls, which a deployment replaces"
    if kind in ("aws", "http"):
        return f"the integration type {kind!r} needs VTL, which this stage does not run"
    return None


def _is_intrinsic(value: object) -> bool:
    """Whether it is a function of CloudFormation (AWS: intrinsic-function-reference)."""
    return isinstance(value, dict) and any(
        key == "Ref" or str(key).startswith("Fn::") for key in value
    )


def _aws_proxy(node: Node, timeout: float, warnings: list[str]) -> Integration:
    if not node.get("uri").text():
        node.get("uri").report("aws_proxy needs the function's invocation URI")
    if node.get("requestParameters").value:
        warnings.append(f"#{node.pointer}/requestParameters: mapped parameters are not sent")
    return Integration(
        "aws_proxy",
        uri=node.get("uri").text(),
        http_method=node.get("httpMethod").text("POST").upper(),
        timeout_seconds=timeout,
    )


def _http_proxy(node: Node, timeout: float) -> Integration:
    """AWS: api-gateway-swagger-extensions-integration-requestParameters."""
    if not node.get("uri").text():
        node.get("uri").report("http_proxy needs the endpoint's URI")
    mapped: list[tuple[Location, str, str]] = []
    for key, mapping in node.get("requestParameters").items():
        location, _, name = key.removeprefix("integration.request.").partition(".")
        if not key.startswith("integration.request.") or location not in _LOCATIONS or not name:
            mapping.report(f"{key!r} is not integration.request.<header|path|querystring>.<name>")
        else:
            mapped.append((_LOCATIONS[location], name, _expression(mapping)))
    return Integration(
        "http_proxy",
        uri=node.get("uri").text(),
        http_method=node.get("httpMethod").text("ANY").upper(),
        timeout_seconds=timeout,
        request_parameters=tuple(mapped),
    )


def _mock(node: Node, operation: Node, timeout: float, warnings: list[str]) -> Integration:
    passthrough = node.get("passthroughBehavior").text(PASSTHROUGH_BEHAVIORS[0]).lower()
    templates = {kind: text.text() for kind, text in node.get("requestTemplates").items()}
    responses = tuple(
        _mock_response(pattern, response, operation)
        for pattern, response in node.get("responses").items()
    )
    if any(_VTL.search(text) for text in (*templates.values(), *(r.template for r in responses))):
        reason = "its mapping templates have VTL, which this stage does not run"
        warnings.append(f"#{node.pointer}: {reason}; its method responds with 500")
        return Integration("unsupported", reason=reason)
    handling = node.get("contentHandling").text().upper()
    return Integration(
        "mock",
        timeout_seconds=timeout,
        passthrough=_PASSTHROUGH.get(passthrough, "WHEN_NO_MATCH"),
        converts_to_text=handling == "CONVERT_TO_TEXT",
        request_templates=templates,
        responses=responses,
    )


def _mock_response(pattern: str, node: Node, operation: Node) -> IntegrationResponse:
    status = node.get("statusCode").status()
    if status is None:
        node.report("a response of a mock needs a statusCode")
    declared = {
        name.lower()
        for name, _ in operation.get("responses").get(str(status)).get("headers").items()
    }
    headers: list[tuple[str, str]] = []
    for key, mapping in node.get("responseParameters").items():
        name, expression = key.removeprefix("method.response.header."), _expression(mapping)
        if name == key:
            mapping.report(f"{key!r} is not method.response.header.<name>")
        elif name.lower() not in declared:
            # AWS: enable-cors-for-resource-using-swagger-importer-tool.
            mapping.report(f"the header {name!r} is not declared on the {status} method response")
        headers.append((name, expression))
    templates = dict(node.get("responseTemplates").items())
    chosen = templates.get("application/json") or next(iter(templates.values()), None)
    try:
        re.compile(pattern)
    except re.error as error:
        node.report(f"the selection pattern {pattern!r} cannot be compiled: {error}")
        pattern = "default"
    return IntegrationResponse(
        pattern=None if pattern == "default" else pattern,
        status=status or 200,
        headers=tuple(headers),
        template=chosen.text() if chosen else "",
    )
