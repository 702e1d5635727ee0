"""The rules of `contract lint` as data: each with AWS's statement, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["RULES", "Rule", "Verdict"]


class Verdict(Enum):
    """What becomes of a constraint, or of another part of the contract, at API Gateway."""

    REJECTED = "rejected at import"
    NOWHERE = "enforced nowhere"
    CHANGED = "dropped or changed at import"
    LAMBDA = "enforced in the Lambda only"
    GATEWAY = "enforced at the gateway"

    @property
    def fails(self) -> bool:
        """Whether a contract with such a finding does not pass."""
        return self in (Verdict.REJECTED, Verdict.NOWHERE)


@dataclass(frozen=True, slots=True)
class Rule:
    """`statement` is what the page at `source` says, in short; `remedy` is for the contract."""

    id: str
    verdict: Verdict
    title: str
    statement: str
    source: str
    remedy: str


_GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
_ISSUES = _GUIDE + "api-gateway-known-issues.html"
_VALIDATION = _GUIDE + "api-gateway-method-request-validation.html"
_QUOTAS = _GUIDE + "api-gateway-execution-service-limits-table.html"
_PUT_METHOD = "https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethod.html"
_SECURITY = _GUIDE + "apigateway-control-access-to-api.html"

_DRAFT_4 = "Models are JSON Schema draft 4."
_SEGMENTS = (
    "Path segments take alphanumeric characters, _ - . , : and braces alone; a variable is a "
    "whole segment."
)
_BODILESS = "A method with a model refuses requests without a body."
_ONE_VARIABLE = "Of the children of a resource, one may be a variable."
_METHODS = "The methods are GET, PUT, POST, DELETE, PATCH, OPTIONS, HEAD and ANY."
_NOTHING = "Nothing; the Lambda is enough."

_ALL = (
    # What a keyword becomes.
    Rule(
        "keyword-at-gateway", Verdict.GATEWAY, "A model says the keyword", _DRAFT_4, _ISSUES,
        _NOTHING,
    ),
    Rule(
        "keyword-not-in-models", Verdict.LAMBDA, "No model can say the keyword",
        _DRAFT_4, _ISSUES, "Nothing, or write it with keywords of draft 4.",
    ),
    Rule(
        "body-without-model", Verdict.LAMBDA, "The body is held to no model",
        "Without a model for the request's media type, the body is not validated; with one, an "
        "empty body is refused.", _VALIDATION,
        "Nothing, or make the body `required` and its media type JSON.",
    ),
    Rule(
        "parameter-schema", Verdict.LAMBDA, "The gateway ignores a parameter's schema",
        "Of a parameter, name, in, required, type and description are supported.", _ISSUES,
        _NOTHING,
    ),
    Rule(
        "parameter-required", Verdict.GATEWAY, "The gateway asks for the parameter",
        "Required parameters must be included and not blank.", _VALIDATION, _NOTHING,
    ),
    Rule(
        "parameter-not-asked-for", Verdict.LAMBDA, "The gateway cannot ask for the parameter",
        "The validator looks for a path, query or header parameter of the name, not blank.",
        _VALIDATION, "Nothing, or write it as a query parameter with `explode: false`.",
    ),
    Rule(
        "response-schema", Verdict.LAMBDA, "The gateway validates no response",
        "Request validation is all the validation there is.", _VALIDATION,
        "Nothing, as long as RESPONSE_VALIDATION is `enforce`.",
    ),
    Rule(
        "body-required", Verdict.GATEWAY, "The gateway refuses an empty body", _BODILESS,
        _VALIDATION, _NOTHING,
    ),
    Rule(
        "media-type", Verdict.LAMBDA, "The gateway lets other media types through",
        "A body whose media type has no model is not validated.", _VALIDATION, _NOTHING,
    ),
    Rule(
        "api-key", Verdict.GATEWAY, "The gateway asks for the API key",
        "A method asks for a key when its own `security` names the apiKey scheme x-api-key.",
        _GUIDE + "api-key-usage-plan-oas.html", _NOTHING,
    ),
    Rule(
        "authorizer", Verdict.GATEWAY, "An authorizer is asked",
        "A scheme with x-amazon-apigateway-authorizer becomes the method's authorizer.",
        _GUIDE + "api-gateway-swagger-extensions-authorizer.html", _NOTHING,
    ),
    Rule(
        "security-in-service", Verdict.LAMBDA, "The service's own functions check it",
        "API Gateway asks authorizers and API keys; whatever else there is, it lets through.",
        _SECURITY, _NOTHING,
    ),
    Rule(
        "scopes", Verdict.GATEWAY, "The authorizer asks for the scope",
        "A call is authorized if the access token has any of the method's scopes.", _PUT_METHOD,
        _NOTHING,
    ),
    Rule(
        "scopes-in-authorizer", Verdict.LAMBDA, "The function that authorizes checks the scopes",
        "Scopes are compared for user pools and JWTs; a Lambda authorizer gets the token and "
        "answers with a policy.", _GUIDE + "api-gateway-lambda-authorizer-output.html",
        "Nothing, once that function looks at the scopes of the token for the method's ARN.",
    ),
    # Enforced nowhere.
    Rule(
        "any-scope", Verdict.NOWHERE, "One of the scopes is enough",
        "A call is authorized if the access token has any of the method's scopes; OpenAPI means "
        "all of them.", _PUT_METHOD,
        "Write one scope for the operation, or decide in a Lambda authorizer.",
    ),
    Rule(
        "unknown-format", Verdict.NOWHERE, "Nobody checks the format",
        "`format` is not for validation that is relied on; models leave it out.", _ISSUES,
        "Say it with `pattern`, or use a format that the Lambda knows.",
    ),
    Rule(
        "api-key-elsewhere", Verdict.NOWHERE, "The key is not where API Gateway looks",
        "API keys come in the header x-api-key, or from an authorizer.",
        _GUIDE + "api-gateway-api-key-source.html",
        "Declare it `in: header` with the name x-api-key, or add an authorizer.",
    ),
    Rule(
        "security-scheme", Verdict.NOWHERE, "Nothing enforces the security scheme",
        "A security scheme's type must be apiKey; others work through authorizers.", _ISSUES,
        "Say who decides, by `[tool.contract.authorizers.NAME]` in pyproject.toml or by "
        "`x-amazon-apigateway-authorizer` in the scheme, or use an API key.",
    ),
    # Rejected.
    Rule(
        "method-unknown", Verdict.REJECTED, "API Gateway has no such method", _METHODS,
        "https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethod.html",
        "Remove the operation.",
    ),
    Rule(
        "body-on-get", Verdict.REJECTED, "The method would need a body", _BODILESS, _VALIDATION,
        "Remove the request body, or use POST or PUT.",
    ),
    Rule(
        "path-segment", Verdict.REJECTED, "API Gateway takes no such path segment", _SEGMENTS,
        _ISSUES, "Use letters, digits and _ . : , - alone, or one variable that is all of it.",
    ),
    Rule(
        "greedy-variable", Verdict.REJECTED, "Something follows a greedy variable",
        "A resource with a greedy path variable has no children.",
        _GUIDE + "api-gateway-set-up-simple-proxy.html", "Put the variable at the end.",
    ),
    Rule(
        "sibling-variables", Verdict.REJECTED, "Two variables stand at one place", _ONE_VARIABLE,
        _ISSUES, "Give both the same name.",
    ),
    Rule(
        "validator", Verdict.REJECTED, "The request validator cannot be used",
        "An operation names a validator of x-amazon-apigateway-request-validators.",
        _GUIDE + "api-gateway-swagger-extensions-request-validator.html",
        "Name one that is declared.",
    ),
    Rule(
        "too-many-paths", Verdict.REJECTED, "There are too many paths",
        "An API has at most 300 resources, unless the quota is raised.", _QUOTAS,
        "Ask for a higher quota, or split the API.",
    ),
    Rule(
        "too-many-authorizers", Verdict.REJECTED, "The API has too many authorizers",
        "An API has at most 10 authorizers.", _QUOTAS,
        "Let one authorizer judge several schemes, or ask AWS for more.",
    ),
    Rule(
        "document-too-large", Verdict.REJECTED, "The import document is too large",
        "A definition has at most 6 MB.", _QUOTAS, "Shorten descriptions, or split the API.",
    ),
    Rule(
        "models-too-large", Verdict.REJECTED, "The models are too large",
        "The models of an API have at most 400 KB together.", _QUOTAS,
        "Shorten schemas, or split the API.",
    ),
    Rule(
        "headers-too-large", Verdict.REJECTED, "The headers can be larger than is taken",
        "The headers of a request have at most 20,480 bytes.", _QUOTAS,
        "Lower the maxLength of header parameters.",
    ),
    Rule(
        "url-too-long", Verdict.REJECTED, "The URL can be longer than is taken",
        "The URL of a regional API has at most 10,240 characters.", _QUOTAS,
        "Lower the maxLength of path and query parameters.",
    ),
    # Dropped or changed.
    Rule(
        "discriminator", Verdict.CHANGED, "The discriminator becomes conditions",
        "`discriminator` is not supported in any schema.", _ISSUES, _NOTHING,
    ),
    Rule(
        "default", Verdict.CHANGED, "The gateway applies no default",
        "The keyword `default` is not supported.", _ISSUES, "Nothing; the Lambda applies it.",
    ),
    Rule(
        "nullable", Verdict.CHANGED, "nullable becomes a type of its own",
        "`nullable` is not supported.", _ISSUES, _NOTHING,
    ),
    Rule(
        "deprecated", Verdict.CHANGED, "`deprecated` is dropped", "`deprecated` is not supported.",
        _ISSUES, _NOTHING,
    ),
    Rule(
        "model-name", Verdict.CHANGED, "The model has another name than the schema",
        "Names of models are alphanumeric.", _ISSUES, "Nothing, or use letters and digits alone.",
    ),
    Rule(
        "cookie-parameter", Verdict.CHANGED, "The cookie parameter is left out",
        "Parameters are in the path, the query or the headers.",
        _GUIDE + "request-response-data-mappings.html", "Nothing; the Lambda reads it.",
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
        _GUIDE + "lambda-proxy-binary-media.html",
        "Nothing if clients send the media type in Accept; for browsers, "
        '`binary_media_types = ["*/*"]` under `[tool.contract]` in pyproject.toml.',
    ),
    Rule(
        "any-body-as-text", Verdict.CHANGED, "A body of any media type comes as text",
        "Bodies are bytes for the API's binary media types, and UTF-8 text else.",
        _GUIDE + "api-gateway-payload-encodings.html",
        'List the media types, or set `binary_media_types = ["*/*"]` under `[tool.contract]` in '
        "pyproject.toml.",
    ),
    Rule(
        "root-security", Verdict.CHANGED, "Root security is copied to each operation",
        "Security at the root is not used.", _ISSUES, _NOTHING,
    ),
    Rule(
        "security-alternatives", Verdict.CHANGED, "Alternatives become one requirement",
        "A method has one authorizer, and asks for a key or not: alternatives are no choice.",
        _SECURITY, "Write one requirement, or decide in an authorizer.",
    ),
    Rule(
        "callbacks", Verdict.CHANGED, "Callbacks are dropped",
        "The import makes resources and methods of `paths` alone.",
        _GUIDE + "api-gateway-import-api.html", _NOTHING,
    ),
    Rule(
        "openapi-3-1", Verdict.CHANGED, "The import document is written in OpenAPI 3.0",
        "OpenAPI 2.0 and 3.0 are supported.", _GUIDE + "api-gateway-import-api.html", _NOTHING,
    ),
    Rule(
        "blank-parameter", Verdict.CHANGED, "The gateway refuses a blank parameter",
        "Required parameters must be included and not blank.", _VALIDATION,
        "Give it `minLength: 1`, or make it optional.",
    ),
)  # fmt: skip

RULES = {rule.id: rule for rule in _ALL}
