"""The integrations of an import document (AWS: api-gateway-swagger-extensions-integration)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from openapi_first.aws import extensions, quotas
from openapi_first.aws.methods import (
    ANY,
    CONTENT_HANDLINGS,
    INTEGRATION_TYPES,
    METHODS,
    PASSTHROUGH_BEHAVIORS,
    RESPONSE_TRANSFER_MODES,
)
from openapi_first.patterns.whole_match import whole_match
from openapi_first.stage.api.extensions import HEADER_NAME, read_expression
from openapi_first.stage.api.nodes import Node
from openapi_first.stage.api.rest_api import (
    ContentHandling,
    Integration,
    IntegrationKind,
    IntegrationResponse,
    Location,
    Passthrough,
)

# More than `$context.…` and `$stageVariables.…`, which are allowed in every template. VTL prints
# other references as they are, unless `#set` gives them a value.
_VTL = re.compile(
    r"#(?:if|set|foreach|end|else|elseif|define|macro|parse|include|stop|evaluate|break)\b"
    r"|#[#*\[]|\$(?:!|\{|input\b|util\b|method\b)"
)
_SERVICE = re.compile(r"\barn:.+?:apigateway:.+?:([\w.-]+):(?:action|path)/")
_STREAMING = re.compile(r"/response-streaming-invocations$")
_LOCATIONS: dict[str, Location] = {
    "header": "header",
    "path": "path",
    "querystring": "querystring",
}
_SOURCE = re.compile(
    r"method\.request\.(?:multivalue)?(?P<in>header|path|querystring)\.(?P<name>.+)"
)
_IN = {"header": "header", "path": "path", "querystring": "query"}
_PASSTHROUGH: dict[str, Passthrough] = {
    "when_no_match": "WHEN_NO_MATCH",
    "when_no_templates": "WHEN_NO_TEMPLATES",
    "never": "NEVER",
}
_HANDLINGS: dict[str, ContentHandling] = {
    "": "",
    CONTENT_HANDLINGS[0]: "CONVERT_TO_TEXT",
    CONTENT_HANDLINGS[1]: "CONVERT_TO_BINARY",
}
_KINDS: dict[str, IntegrationKind] = {
    "aws_proxy": "aws_proxy",
    "http_proxy": "http_proxy",
    "aws": "aws",
    "http": "http",
    "mock": "mock",
}
_LONGEST_MS = quotas.LONGEST_TIMEOUT_MS.limit
_SHORTEST_MS = quotas.SHORTEST_TIMEOUT_MS.limit


def read_integration(operation: Node, root: Node, warnings: list[str]) -> Integration:
    """The integration of an operation. What only AWS performs is `unsupported`, with the reason."""
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
    if kind not in INTEGRATION_TYPES:
        *others, last = INTEGRATION_TYPES
        allowed = f"{', '.join(others)} or {last}"
        node.get("type").report(f"{kind!r} is not an integration type ({allowed})")
    proxy = kind.endswith("_proxy")
    uri = node.get("uri").text()
    if kind != "mock" and not uri:
        needed = "the function's invocation URI" if kind.startswith("aws") else "the endpoint's URI"
        node.get("uri").report(f"{kind} needs {needed}")
    if kind == "aws_proxy" and node.get("requestParameters").value:
        warnings.append(f"#{node.pointer}/requestParameters: mapped parameters are not sent")
    streams = _streams(node, proxy, warnings)
    return Integration(
        _KINDS.get(kind, "mock"),
        uri=uri,
        http_method=_http_method(node, kind, warnings),
        timeout_seconds=_timeout_ms(node, streams, warnings) / 1000,
        passthrough=_passthrough(node),
        content_handling=_handling(node),
        streams=streams,
        request_parameters=()
        if kind == "mock"
        else _request_parameters(node, operation, root, warnings),
        request_templates={} if proxy else _templates(node.get("requestTemplates")),
        responses=() if proxy else _responses(node, operation, kind, warnings),
    )


def _why_not_here(node: Node, kind: str) -> str | None:
    """Why only AWS can perform an integration; None for one that this stage performs too."""
    uri = node.get("uri").value
    service = node.get("integrationSubtype").value
    if service is None and kind in ("aws", "aws_proxy"):
        found = _SERVICE.search(str(uri))
        service = found[1] if found is not None and found[1] != "lambda" else None
    if service is not None:
        return f"it calls an AWS service ({service}), which this stage does not have"
    if _is_intrinsic(node.value) or _is_intrinsic(uri):
        return "a function of CloudFormation says what it calls, which a deployment replaces"
    if kind in ("aws", "http", "mock"):
        responses = (each.get("responseTemplates") for each in node.get("responses").values())
        for templates in (node.get("requestTemplates"), *responses):
            for media_type, template in templates.items():
                if isinstance(template.value, str) and _VTL.search(template.value):
                    return (
                        f"its mapping template for {media_type} has VTL, which this stage does not "
                        "run"
                    )
    return None


def _is_intrinsic(value: object) -> bool:
    """Whether it is a function of CloudFormation (AWS: intrinsic-function-reference)."""
    return isinstance(value, dict) and any(
        key == "Ref" or str(key).startswith("Fn::") for key in value
    )


def _streams(node: Node, proxy: bool, warnings: list[str]) -> bool:
    """AWS: response-transfer-mode."""
    mode = node.get("responseTransferMode")
    name = mode.text(RESPONSE_TRANSFER_MODES[0]).upper()
    if name not in RESPONSE_TRANSFER_MODES:
        mode.report(f"must be {' or '.join(RESPONSE_TRANSFER_MODES)}")
    streams = name == RESPONSE_TRANSFER_MODES[1]
    if streams and not proxy:
        mode.report("only an integration of type aws_proxy or http_proxy can stream")
    of_lambda = node.get("type").text().lower() == "aws_proxy"
    uri = node.get("uri").value
    if of_lambda and isinstance(uri, str) and streams != bool(_STREAMING.search(uri)):
        suffix = "/2021-11-15/functions/ARN/response-streaming-invocations"
        needed = f"STREAM needs a URI that ends in {suffix}, and only STREAM has one"
        warnings.append(f"#{node.pointer}/uri: {needed}")
    return streams and proxy


def _http_method(node: Node, kind: str, warnings: list[str]) -> str:
    method = node.get("httpMethod")
    default = "ANY" if kind.startswith("http") else "POST"
    name = method.text(default).upper()
    if method.value is None and kind != "mock":
        # Recorded: "Enumeration value for HttpMethod must be non-empty".
        warnings.append(f"#{method.pointer}: AWS refuses the integration without it; {name} here")
    elif name not in (*METHODS, ANY):
        method.report(f"{name!r} is not an HTTP method of API Gateway")
    return name


def _timeout_ms(node: Node, streams: bool, warnings: list[str]) -> int:
    timeout = node.get("timeoutInMillis")
    milliseconds = timeout.value if timeout.value is not None else _LONGEST_MS
    whole = isinstance(milliseconds, int) and not isinstance(milliseconds, bool)
    if not whole or milliseconds < _SHORTEST_MS:
        timeout.report(f"must be a whole number of milliseconds, at least {_SHORTEST_MS}")
        return _LONGEST_MS
    longest = quotas.LONGEST_STREAMING_TIMEOUT_MS.limit if streams else _LONGEST_MS
    if milliseconds > longest:
        needed = "is not possible" if streams else "needs a raised quota"
        warnings.append(f"#{timeout.pointer}: more than {longest:,} {needed} on AWS")
    return int(milliseconds)


def _passthrough(node: Node) -> Passthrough:
    behavior = node.get("passthroughBehavior")
    name = behavior.text(PASSTHROUGH_BEHAVIORS[0]).lower()
    if name not in _PASSTHROUGH:
        behavior.report(f"{name!r} is unknown")
    return _PASSTHROUGH.get(name, "WHEN_NO_MATCH")


def _handling(node: Node) -> ContentHandling:
    handling = node.get("contentHandling")
    name = handling.text().upper()
    if name not in _HANDLINGS:
        handling.report(f"must be {' or '.join(CONTENT_HANDLINGS)}")
    return _HANDLINGS.get(name, "")


def _templates(node: Node) -> dict[str, str]:
    """By media type; null is the template that passes the body through."""
    return {media_type: text.text() for media_type, text in node.items()}


def _request_parameters(
    node: Node, operation: Node, root: Node, warnings: list[str]
) -> tuple[tuple[Location, str, str], ...]:
    """AWS: api-gateway-swagger-extensions-integration-requestParameters."""
    mapped: list[tuple[Location, str, str]] = []
    parameters = [each.resolved(root) for each in operation.get("parameters").elements()]
    declared = {(each.get("in").value, str(each.get("name").value).lower()) for each in parameters}
    for key, mapping in node.get("requestParameters").items():
        location, _, name = key.removeprefix("integration.request.").partition(".")
        if not key.startswith("integration.request.") or location not in _LOCATIONS or not name:
            mapping.report(f"{key!r} is not integration.request.<header|path|querystring>.<name>")
        elif location == "header" and not HEADER_NAME.fullmatch(name):
            mapping.report(f"{name!r} cannot be the name of a header")
        elif not isinstance(mapping.value, str | None):
            # Recorded: the import of such a document has a warning, and the parameter no mapping.
            warnings.append(f"#{mapping.pointer}: it is not mapped, since it is not a string")
        else:
            expression = read_expression(mapping)
            mapped.append((_LOCATIONS[location], name, expression))
            source = _SOURCE.fullmatch(expression)
            if source and (_IN[source["in"]], source["name"].lower()) not in declared:
                warnings.append(
                    f"#{mapping.pointer}: AWS refuses to import it, since {source['name']!r} is "
                    f"not among the {source['in']} parameters of the operation"
                )
    return tuple(mapped)


def _responses(
    node: Node, operation: Node, kind: str, warnings: list[str]
) -> tuple[IntegrationResponse, ...]:
    responses = node.get("responses")
    if kind != "mock" and not responses.value:
        warnings.append(f"#{node.pointer}: it has no responses, so that its method gives a 500")
    declared = dict(operation.get("responses").items())
    for each in responses.values() if kind != "mock" else ():
        status = str(each.get("statusCode").value)
        if status not in declared:
            warnings.append(
                f"#{each.pointer}/statusCode: AWS refuses to import it, since {status} is not "
                f"among the responses of the operation (#{operation.pointer}/responses)"
            )
    return tuple(_response(pattern, each, declared) for pattern, each in responses.items())


def _response(pattern: str, node: Node, declared: Mapping[str, Node]) -> IntegrationResponse:
    status = node.get("statusCode").status()
    if node.get("statusCode").value is None:
        node.report("a response of an integration needs a statusCode")
    headers: list[tuple[str, str]] = []
    method_response = declared.get(str(status))
    names = dict(method_response.get("headers").items()) if method_response is not None else {}
    declared_names = {name.lower() for name in names}
    for key, mapping in node.get("responseParameters").items():
        name, expression = key.removeprefix("method.response.header."), read_expression(mapping)
        if name == key or not HEADER_NAME.fullmatch(name):
            mapping.report(f"{key!r} is not method.response.header.<name>")
        elif name.lower() not in declared_names:
            # AWS: enable-cors-for-resource-using-swagger-importer-tool.
            mapping.report(f"the header {name!r} is not declared on the {status} method response")
        headers.append((name, expression))
    templates = _templates(node.get("responseTemplates"))
    try:
        whole_match(pattern)
    except re.error as error:
        node.report(f"the selection pattern {pattern!r} cannot be compiled: {error}")
        pattern = "default"
    return IntegrationResponse(
        pattern=None if pattern in ("default", "") else pattern,
        status=status or 200,
        headers=tuple(headers),
        template=templates.get("application/json") or next(iter(templates.values()), ""),
        content_handling=_handling(node),
    )
