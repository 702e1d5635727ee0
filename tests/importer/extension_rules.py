"""What becomes of the `x-amazon-apigateway-*` extensions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from importer.rules import GUIDE, Document, Outcome, rule
from importer.walking import authorizers, integrations, methods, pointed

_REFUSED, _LEFT_OUT, _QUOTA = Outcome.REFUSED, Outcome.LEFT_OUT, Outcome.QUOTA
_X = "x-amazon-apigateway-"
_EXTENSIONS = GUIDE + "api-gateway-swagger-extensions"
_QUOTAS = GUIDE + "api-gateway-execution-service-limits-table.html"
_MAPPING = re.compile(
    r"'.*'|method\.request\.(header|path|querystring)\.[^\s]+|method\.request\.body.*"
    r"|(stageVariables|context)\.[\w.]+|integration\.response\.(header\.[^\s]+|body.*)"
)
_TYPES = frozenset(
    {
        "ACCESS_DENIED",
        "API_CONFIGURATION_ERROR",
        "AUTHORIZER_CONFIGURATION_ERROR",
        "AUTHORIZER_FAILURE",
        "BAD_REQUEST_BODY",
        "BAD_REQUEST_PARAMETERS",
        "DEFAULT_4XX",
        "DEFAULT_5XX",
        "EXPIRED_TOKEN",
        "INTEGRATION_FAILURE",
        "INTEGRATION_TIMEOUT",
        "INVALID_API_KEY",
        "INVALID_SIGNATURE",
        "MISSING_AUTHENTICATION_TOKEN",
        "QUOTA_EXCEEDED",
        "REQUEST_TOO_LARGE",
        "RESOURCE_NOT_FOUND",
        "THROTTLED",
        "UNAUTHORIZED",
        "UNSUPPORTED_MEDIA_TYPE",
        "WAF_FILTERED",
    }
)


@rule(
    "validator", _REFUSED, "Invalid Request Validator identifier specified.",
    f"{_EXTENSIONS}-request-validator.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    known = document.get(f"{_X}request-validators", {})
    owners = [("", document), *((place, each) for _, _, each, place in methods(document))]
    for pointer, owner in owners:
        name = owner.get(f"{_X}request-validator")
        if name is not None and name not in known:
            yield f"{pointer}/{_X}request-validator"


@rule(
    "integration", _REFUSED, "No integration defined for the method.",
    "https://docs.aws.amazon.com/apigateway/latest/api/API_CreateDeployment.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for _, _, operation, pointer in methods(document):
        if f"{_X}integration" not in operation:
            yield pointer


@rule(
    "integration-type", _REFUSED, "The type is http, http_proxy, aws, aws_proxy or mock.",
    f"{_EXTENSIONS}-integration.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for _, integration, pointer in integrations(document):
        if integration.get("type", "").lower() not in (
            *("http", "http_proxy", "aws", "aws_proxy", "mock"),
        ):
            yield f"{pointer}/type"


@rule(
    "integration-uri", _REFUSED, "An integration with a backend names its URI.",
    f"{_EXTENSIONS}-integration.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for _, integration, pointer in integrations(document):
        if integration.get("type") in ("aws_proxy", "http_proxy") and not integration.get("uri"):
            yield f"{pointer}/uri"


@rule(
    "integration-timeout",
    _REFUSED,
    "A timeout has at least 50 milliseconds.",
    f"{_EXTENSIONS}-integration.html",
)
def _(document: Document) -> Iterator[str]:
    for _, integration, pointer in integrations(document):
        timeout = integration.get("timeoutInMillis", 29_000)
        if not isinstance(timeout, int) or timeout < 50:
            yield f"{pointer}/timeoutInMillis"


@rule(
    "integration-long",
    _QUOTA,
    "A timeout has at most 29 seconds, unless the quota is raised.",
    _QUOTAS,
)
def _(document: Document) -> Iterator[str]:
    for _, integration, pointer in integrations(document):
        if integration.get("timeoutInMillis", 29_000) > 29_000:
            yield f"{pointer}/timeoutInMillis"


@rule(
    "passthrough", _REFUSED, "It is when_no_templates, when_no_match or never.",
    f"{_EXTENSIONS}-integration.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for _, integration, pointer in integrations(document):
        behavior = integration.get("passthroughBehavior", "never").lower()
        if behavior not in ("when_no_templates", "when_no_match", "never"):
            yield f"{pointer}/passthroughBehavior"


@rule(
    "integration-header", _REFUSED,
    "A header that an integration response maps is declared on the method response.",
    GUIDE + "enable-cors-for-resource-using-swagger-importer-tool.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for operation, integration, pointer in integrations(document):
        for selection, response in integration.get("responses", {}).items():
            status = str(response.get("statusCode"))
            answers = {str(key): each for key, each in operation.get("responses", {}).items()}
            declared = answers.get(status, {}).get("headers", {})
            for key in response.get("responseParameters", {}):
                if key.removeprefix("method.response.header.") not in declared:
                    yield pointer + pointed("responses", selection, "responseParameters", key)


@rule(
    "mapping", _REFUSED, "Invalid mapping expression specified.",
    GUIDE + "request-response-data-mappings.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for _, integration, pointer in integrations(document):
        for selection, response in integration.get("responses", {}).items():
            for key, value in response.get("responseParameters", {}).items():
                if not _MAPPING.fullmatch(value):
                    yield pointer + pointed("responses", selection, "responseParameters", key)
    for name, response in document.get(f"{_X}gateway-responses", {}).items():
        for key, value in response.get("responseParameters", {}).items():
            if not _MAPPING.fullmatch(value):
                yield pointed(f"{_X}gateway-responses", name, "responseParameters", key)


@rule(
    "gateway-response-type", _REFUSED, "The types of gateway responses are these twenty-one.",
    GUIDE + "supported-gateway-response-types.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for name in document.get(f"{_X}gateway-responses", {}).keys() - _TYPES:
        yield pointed(f"{_X}gateway-responses", name)


@rule("gateway-response-fixed", _LEFT_OUT, "REQUEST_TOO_LARGE cannot be customised.")
def _(document: Document) -> Iterator[str]:
    if "REQUEST_TOO_LARGE" in document.get(f"{_X}gateway-responses", {}):
        yield pointed(f"{_X}gateway-responses", "REQUEST_TOO_LARGE")


@rule(
    "gateway-response-status", _REFUSED, "The status is that of an HTTP response.",
    f"{_EXTENSIONS}-gateway-responses.gatewayResponse.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for name, response in document.get(f"{_X}gateway-responses", {}).items():
        if not re.fullmatch("[2-5][0-9]{2}", str(response.get("statusCode", "400"))):
            yield pointed(f"{_X}gateway-responses", name, "statusCode")


@rule(
    "gateway-response-parameter", _REFUSED, "The keys are gatewayresponse.header.<name>.",
    f"{_EXTENSIONS}-gateway-responses.responseParameters.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for name, response in document.get(f"{_X}gateway-responses", {}).items():
        for key in response.get("responseParameters", {}):
            if not re.fullmatch(r"gatewayresponse\.(header|path|querystring)\.[!-~]+", key):
                yield pointed(f"{_X}gateway-responses", name, "responseParameters", key)


@rule("key-source", _REFUSED, "The source is HEADER or AUTHORIZER.",
      f"{_EXTENSIONS}-api-key-source.html")  # fmt: skip
def _(document: Document) -> Iterator[str]:
    if document.get(f"{_X}api-key-source", "HEADER") not in ("HEADER", "AUTHORIZER"):
        yield f"/{_X}api-key-source"


@rule(
    "binary-media-types",
    _LEFT_OUT,
    "The wildcards are */* and type/*; */subtype is none.",
    GUIDE + "lambda-proxy-binary-media.html",
)
def _(document: Document) -> Iterator[str]:
    for index, kind in enumerate(document.get(f"{_X}binary-media-types", [])):
        if kind.startswith("*/") and kind != "*/*":
            yield f"/{_X}binary-media-types/{index}"


@rule("authorizers", _QUOTA, "An API has at most 10 authorizers.", _QUOTAS)
def _(document: Document) -> Iterator[str]:
    if sum(1 for _ in authorizers(document)) > 10:
        yield "/components/securitySchemes"


@rule(
    "authorizer-type", _REFUSED, "The types are token, request, cognito_user_pools and jwt.",
    f"{_EXTENSIONS}-authorizer.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for _, authorizer, pointer in authorizers(document):
        if authorizer.get("type", "").lower() not in (
            *("token", "request", "cognito_user_pools", "jwt"),
        ):
            yield f"{pointer}/type"


@rule("authorizer-uri", _REFUSED, "A Lambda authorizer names the URI of its function.",
      f"{_EXTENSIONS}-authorizer.html")  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for _, authorizer, pointer in authorizers(document):
        if authorizer.get("type") in ("token", "request") and not authorizer.get("authorizerUri"):
            yield pointer


@rule("one-authorizer", _REFUSED, "A method has one authorizer.",
      GUIDE + "apigateway-control-access-to-api.html")  # fmt: skip
def _(document: Document) -> Iterator[str]:
    names = {name for name, _, _ in authorizers(document)}
    for _, _, operation, pointer in methods(document):
        used = {name for each in operation.get("security", []) for name in each} & names
        if len(used) > 1:
            yield f"{pointer}/security"


@rule(
    "http-api-extension",
    Outcome.IGNORED,
    "These extensions are for HTTP APIs.",
    f"{_EXTENSIONS}.html",
)
def _(document: Document) -> Iterator[str]:
    for name in ("cors", "integrations", "importexport-version", "tag-value"):
        if f"{_X}{name}" in document:
            yield f"/{_X}{name}"
