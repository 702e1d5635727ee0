"""What the import rejects, drops or changes, as rules of `contract lint`."""

from __future__ import annotations

from openapi_first.lint.rule import GUIDE, KNOWN_ISSUES, QUOTAS, SECURITY, VALIDATION, Rule, Verdict

_SEGMENTS = (
    "Path segments take alphanumeric characters, _ - . , : and braces alone; a variable is a "
    "whole segment."
)
_BODILESS = "A method with a model refuses requests without a body."
_ONE_VARIABLE = "Of the children of a resource, one may be a variable."
_METHODS = "The methods are GET, PUT, POST, DELETE, PATCH, OPTIONS, HEAD and ANY."
_NOTHING = "Nothing; the Lambda is enough."

IMPORTING = (
    # Rejected.
    Rule(
        "method-unknown", Verdict.REJECTED, "API Gateway has no such method", _METHODS,
        "https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethod.html",
        "Remove the operation.",
    ),
    Rule(
        "path-segment", Verdict.REJECTED, "API Gateway takes no such path segment", _SEGMENTS,
        KNOWN_ISSUES, "Use letters, digits and _ . : , - alone, or one variable that is all of it.",
    ),
    Rule(
        "greedy-variable", Verdict.REJECTED, "Something follows a greedy variable",
        "A resource with a greedy path variable has no children.",
        GUIDE + "api-gateway-set-up-simple-proxy.html", "Put the variable at the end.",
    ),
    Rule(
        "sibling-variables", Verdict.REJECTED, "Two variables stand at one place", _ONE_VARIABLE,
        KNOWN_ISSUES, "Give both the same name.",
    ),
    Rule(
        "validator", Verdict.REJECTED, "The request validator cannot be used",
        "An operation names a validator of x-amazon-apigateway-request-validators.",
        GUIDE + "api-gateway-swagger-extensions-request-validator.html",
        "Name one that is declared.",
    ),
    Rule(
        "too-many-paths", Verdict.REJECTED, "There are too many paths",
        "An API has at most 300 resources, unless the quota is raised.", QUOTAS,
        "Ask for a higher quota, or split the API.",
    ),
    Rule(
        "too-many-authorizers", Verdict.REJECTED, "The API has too many authorizers",
        "An API has at most 10 authorizers.", QUOTAS,
        "Let one authorizer judge several schemes, or ask AWS for more.",
    ),
    Rule(
        "document-too-large", Verdict.REJECTED, "The import document is too large",
        "A definition has at most 6 MB.", QUOTAS, "Shorten descriptions, or split the API.",
    ),
    Rule(
        "models-too-large", Verdict.REJECTED, "The models are too large",
        "The models of an API have at most 400 KB together.", QUOTAS,
        "Shorten schemas, or split the API.",
    ),
    Rule(
        "headers-too-large", Verdict.REJECTED, "The headers can be larger than is taken",
        "The headers of a request have at most 20,480 bytes.", QUOTAS,
        "Lower the maxLength of header parameters.",
    ),
    Rule(
        "url-too-long", Verdict.REJECTED, "The URL can be longer than is taken",
        "The URL of a regional API has at most 10,240 characters.", QUOTAS,
        "Lower the maxLength of path and query parameters.",
    ),
    # Dropped or changed.
    Rule(
        "discriminator", Verdict.CHANGED, "The discriminator becomes conditions",
        "`discriminator` is not supported in any schema.", KNOWN_ISSUES, _NOTHING,
    ),
    Rule(
        "default", Verdict.CHANGED, "The gateway applies no default",
        "The keyword `default` is not supported.", KNOWN_ISSUES, "Nothing; the Lambda applies it.",
    ),
    Rule(
        "nullable", Verdict.CHANGED, "nullable becomes a type of its own",
        "`nullable` is not supported.", KNOWN_ISSUES, _NOTHING,
    ),
    Rule(
        "deprecated", Verdict.CHANGED, "`deprecated` is dropped", "`deprecated` is not supported.",
        KNOWN_ISSUES, _NOTHING,
    ),
    Rule(
        "model-name", Verdict.CHANGED, "The model has another name than the schema",
        "Names of models are alphanumeric.", KNOWN_ISSUES,
        "Nothing, or use letters and digits alone.",
    ),
    Rule(
        "cookie-parameter", Verdict.CHANGED, "The cookie parameter is left out",
        "Parameters are in the path, the query or the headers.",
        GUIDE + "rest-api-parameter-mapping-sources.html", "Nothing; the Lambda reads it.",
    ),
    Rule(
        "parameter-name", Verdict.CHANGED, "The parameter is left out because of its name",
        "The name of a request parameter matches ^[a-zA-Z0-9._$-]+$.",
        GUIDE + "rest-api-parameter-mapping-sources.html",
        "Nothing; the Lambda reads it. For the gateway to ask for it, use other characters.",
    ),
    Rule(
        "body-on-get", Verdict.CHANGED, "The body of the method is left out", _BODILESS,
        VALIDATION, "Nothing; the Lambda holds it to its schema. Or use POST or PUT.",
    ),
    Rule(
        "response-range", Verdict.CHANGED, "The response is left out",
        "A method response has one status code.",
        "https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethodResponse.html",
        "Nothing, or declare each status.",
    ),
    Rule(
        "binary-response", Verdict.CHANGED, "Bytes go to clients that ask for the media type first",
        "The first type of Accept decides whether a response returns binary media.",
        GUIDE + "lambda-proxy-binary-media.html",
        "Nothing if clients send the media type in Accept; for browsers, "
        '`binary_media_types = ["*/*"]` under `[tool.contract]` in pyproject.toml.',
    ),
    Rule(
        "any-body-as-text", Verdict.CHANGED, "A body of any media type comes as text",
        "Bodies are bytes for the API's binary media types, and UTF-8 text else.",
        GUIDE + "api-gateway-payload-encodings.html",
        'List the media types, or set `binary_media_types = ["*/*"]` under `[tool.contract]` in '
        "pyproject.toml.",
    ),
    Rule(
        "root-security", Verdict.CHANGED, "Root security is copied to each operation",
        "Security at the root is not used.", KNOWN_ISSUES, _NOTHING,
    ),
    Rule(
        "security-alternatives", Verdict.CHANGED, "Alternatives become one requirement",
        "A method has one authorizer, and asks for a key or not: alternatives are no choice.",
        SECURITY, "Write one requirement, or decide in an authorizer.",
    ),
    Rule(
        "callbacks", Verdict.CHANGED, "Callbacks are dropped",
        "The import makes resources and methods of `paths` alone.",
        GUIDE + "api-gateway-import-api.html", _NOTHING,
    ),
    Rule(
        "openapi-3-1", Verdict.CHANGED, "The import document is written in OpenAPI 3.0",
        "OpenAPI 2.0 and 3.0 are supported.", GUIDE + "api-gateway-import-api.html", _NOTHING,
    ),
    Rule(
        "blank-parameter", Verdict.CHANGED, "The gateway refuses a blank parameter",
        "Required parameters must be included and not blank.", VALIDATION,
        "Give it `minLength: 1`, or make it optional.",
    ),
)  # fmt: skip
