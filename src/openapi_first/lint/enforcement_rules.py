"""Who enforces what, as rules of `contract lint`."""

from __future__ import annotations

from openapi_first.lint.rule import (
    GUIDE,
    KNOWN_ISSUES,
    PUT_METHOD,
    SECURITY,
    VALIDATION,
    Rule,
    Verdict,
)

_DRAFT_4 = "Models are JSON Schema draft 4; they are imported as schemas of OpenAPI 3.0."
_BODILESS = "A method with a model refuses requests without a body."
_NOTHING = "Nothing; the Lambda is enough."

ENFORCEMENT = (
    # What a keyword becomes.
    Rule(
        "keyword-at-gateway", Verdict.GATEWAY, "A model says the keyword", _DRAFT_4, KNOWN_ISSUES,
        _NOTHING,
    ),
    Rule(
        "keyword-not-in-models", Verdict.LAMBDA, "No model can say the keyword",
        _DRAFT_4, KNOWN_ISSUES, "Nothing, or write it with keywords of draft 4.",
    ),
    Rule(
        "array-bounds", Verdict.LAMBDA, "The gateway counts no items",
        "maxItems and minItems are not included in simple request validation.", KNOWN_ISSUES,
        _NOTHING,
    ),
    Rule(
        "exclusive-limit", Verdict.LAMBDA, "The gateway lets the limit itself through",
        "The exclusiveMinimum tag is not supported.", KNOWN_ISSUES,
        "Nothing, or write `minimum` and `maximum` for an integer.",
    ),
    Rule(
        "body-without-model", Verdict.LAMBDA, "The body is held to no model",
        "Without a model for the request's media type, the body is not validated; with one, an "
        "empty body is refused.", VALIDATION,
        "Nothing, or make the body `required` and its media type JSON.",
    ),
    Rule(
        "parameter-schema", Verdict.LAMBDA, "The gateway ignores a parameter's schema",
        "Of a parameter, name, in, required, type and description are supported.", KNOWN_ISSUES,
        _NOTHING,
    ),
    Rule(
        "parameter-required", Verdict.GATEWAY, "The gateway asks for the parameter",
        "Required parameters must be included and not blank.", VALIDATION, _NOTHING,
    ),
    Rule(
        "parameter-not-asked-for", Verdict.LAMBDA, "The gateway cannot ask for the parameter",
        "The validator looks for a path, query or header parameter of the name, not blank.",
        VALIDATION, "Nothing, or write it as a query parameter with `explode: false`.",
    ),
    Rule(
        "response-schema", Verdict.LAMBDA, "The gateway validates no response",
        "Request validation is all the validation there is.", VALIDATION,
        "Nothing, as long as RESPONSE_VALIDATION is `enforce`.",
    ),
    Rule(
        "body-required", Verdict.GATEWAY, "The gateway refuses an empty body", _BODILESS,
        VALIDATION, _NOTHING,
    ),
    Rule(
        "media-type", Verdict.LAMBDA, "The gateway lets other media types through",
        "A body whose media type has no model is not validated.", VALIDATION, _NOTHING,
    ),
    Rule(
        "api-key", Verdict.GATEWAY, "The gateway asks for the API key",
        "A method asks for a key when its own `security` names the apiKey scheme x-api-key.",
        GUIDE + "api-key-usage-plan-oas.html", _NOTHING,
    ),
    Rule(
        "authorizer", Verdict.GATEWAY, "An authorizer is asked",
        "A scheme with x-amazon-apigateway-authorizer becomes the method's authorizer.",
        GUIDE + "api-gateway-swagger-extensions-authorizer.html", _NOTHING,
    ),
    Rule(
        "security-in-service", Verdict.LAMBDA, "The service's own functions check it",
        "API Gateway asks authorizers and API keys; whatever else there is, it lets through.",
        SECURITY, _NOTHING,
    ),
    Rule(
        "scopes", Verdict.GATEWAY, "The authorizer asks for the scope",
        "A call is authorized if the access token has any of the method's scopes.", PUT_METHOD,
        _NOTHING,
    ),
    Rule(
        "scopes-in-authorizer", Verdict.LAMBDA, "The function that authorizes checks the scopes",
        "Scopes are compared for user pools and JWTs; a Lambda authorizer gets the token and "
        "answers with a policy.", GUIDE + "api-gateway-lambda-authorizer-output.html",
        "Nothing, once that function looks at the scopes of the token for the method's ARN.",
    ),
    # Enforced nowhere.
    Rule(
        "any-scope", Verdict.NOWHERE, "One of the scopes is enough",
        "A call is authorized if the access token has any of the method's scopes; OpenAPI means "
        "all of them.", PUT_METHOD,
        "Write one scope for the operation, or decide in a Lambda authorizer.",
    ),
    Rule(
        "unknown-format", Verdict.NOWHERE, "Nobody checks the format",
        "`format` is not for validation that is relied on; models leave it out.", KNOWN_ISSUES,
        "Say it with `pattern`, or use a format that the Lambda knows.",
    ),
    Rule(
        "api-key-elsewhere", Verdict.NOWHERE, "The key is not where API Gateway looks",
        "API keys come in the header x-api-key, or from an authorizer.",
        GUIDE + "api-gateway-api-key-source.html",
        "Declare it `in: header` with the name x-api-key, or add an authorizer.",
    ),
    Rule(
        "security-scheme", Verdict.NOWHERE, "Nothing enforces the security scheme",
        "A security scheme's type must be apiKey; others work through authorizers.", KNOWN_ISSUES,
        "Say who decides, by `[tool.contract.authorizers.NAME]` in pyproject.toml or by "
        "`x-amazon-apigateway-authorizer` in the scheme, or use an API key.",
    ),
)  # fmt: skip
