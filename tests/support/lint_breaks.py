"""For each rule of `contract lint`, a contract that breaks it, and the settings it needs."""

from __future__ import annotations

from typing import Any

from support.documents import operation, whole


def posting(document: dict[str, Any], body: dict[str, Any], name: str = "post") -> dict[str, Any]:
    """The document with another operation on its own path, with the request body `body`."""
    document["paths"][f"/{name}"] = {
        "post": {
            "operationId": name,
            "requestBody": body,
            "responses": {"204": {"description": "Taken."}},
        }
    }
    return document


def required(schema: dict[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    return {"required": True, "content": {media_type: {"schema": schema}}}


def parameter(name: str, place: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": schema, **more}


def secured(scheme: dict[str, Any], *, root: bool = False, more: int = 0) -> dict[str, Any]:
    document = whole()
    document["components"] = {"securitySchemes": {"one": scheme}}
    owner = document if root else operation(document)
    owner["security"] = [{"one": []}, *({} for _ in range(more))]
    return document


def scoped(*scopes: str) -> dict[str, Any]:
    flows = {"clientCredentials": {"tokenUrl": "/t", "scopes": dict.fromkeys(scopes, "")}}
    document = secured({"type": "oauth2", "flows": flows})
    operation(document)["security"] = [{"one": list(scopes)}]
    return document


def guarded_twice() -> dict[str, Any]:
    document = guarded(2)
    operation(document)["security"] = [{"guard0": []}, {"guard1": []}]
    return document


def guarded(count: int) -> dict[str, Any]:
    document = whole()
    scheme = {"type": "http", "scheme": "bearer", "x-amazon-apigateway-authorizer": AUTHORIZER}
    names = [f"guard{index}" for index in range(count)]
    document["components"] = {"securitySchemes": dict.fromkeys(names, scheme)}
    for name in names:
        document = posting(document, required({}), name)
        document["paths"][f"/{name}"]["post"]["security"] = [{name: []}]
    return document


def integrated(**integration: Any) -> dict[str, Any]:
    document = whole()
    operation(document)["x-amazon-apigateway-integration"] = integration
    return document


def with_parameter(*parameters: dict[str, Any]) -> dict[str, Any]:
    document = whole()
    operation(document)["parameters"] += parameters
    return document


def with_path(path: str, **more: Any) -> dict[str, Any]:
    document = whole()
    names = [part.strip("{}+") for part in path.split("/") if part.startswith("{")]
    if "{b}" in path and "b" not in names:
        names.append("b")
    document["paths"][path] = {
        "get": {
            "operationId": "other",
            "parameters": [parameter(n, "path", {"type": "string"}, required=True) for n in names],
            "responses": {"200": {"description": "Fine."}},
            **more,
        }
    }
    return document


def with_method(method: str, **more: Any) -> dict[str, Any]:
    document = whole()
    item = document["paths"]["/things/{id}"]
    item[method] = {**operation(document), "operationId": method + "Other", **more}
    return document


def trailing_slash() -> dict[str, Any]:
    document = with_path("/others")
    document["paths"]["/others/"] = {
        "get": {"operationId": "slashed", "responses": {"200": {"description": "Fine."}}}
    }
    return document


def unlike(**more: Any) -> dict[str, Any]:
    """An operation beside `/things/{id}` that only its own text tells apart."""
    document = with_path("/things/{id}.json", **more)
    own = document["paths"]["/things/{id}.json"]["get"]
    own["parameters"] = [parameter("id", "path", {"type": "string"}, required=True)]
    document["components"] = {"securitySchemes": {"key": KEY}}
    return document


def same_path() -> dict[str, Any]:
    document = with_path("/things/{other}")
    document["paths"]["/things/{other}"] = {"put": document["paths"]["/things/{other}"].pop("get")}
    return document


KEY = {"type": "apiKey", "name": "x-api-key", "in": "header"}
AUTHORIZER = {"type": "token", "authorizerUri": "arn:aws:apigateway:x", "identitySource": "x"}
LARGE = {"enum": ["x" * 410_000]}
LONG = {"type": "string", "maxLength": 20_000}


def many_paths() -> dict[str, Any]:
    document = whole()
    for index in range(300):
        document = posting(document, required({}), f"path{index}")
    return document


def in_3_1() -> dict[str, Any]:
    return {**whole(), "openapi": "3.1.0"}


def responding(responses: dict[str, Any]) -> dict[str, Any]:
    document = whole()
    operation(document)["responses"] |= responses
    return document


def refusing(content: dict[str, Any] | None) -> dict[str, Any]:
    refusal = {"description": "Refused.", **({} if content is None else {"content": content})}
    return responding({"400": refusal})


MESSAGE = {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}


def named(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    document = posting(whole(), required({"$ref": f"#/components/schemas/{name}"}))
    document["components"] = {"schemas": {name: schema}}
    return document


def choosing() -> dict[str, Any]:
    document = posting(
        whole(),
        required(
            {
                "oneOf": [{"$ref": "#/components/schemas/A"}],
                "discriminator": {"propertyName": "kind"},
            }
        ),
    )
    document["components"] = {"schemas": {"A": {"properties": {"kind": {}}}}}
    return document


def called_back() -> dict[str, Any]:
    document = whole()
    operation(document)["callbacks"] = {
        "done": {"{$request.query.url}": {"post": {"responses": {"200": {"description": "."}}}}}
    }
    return document


def linked(**link: Any) -> dict[str, Any]:
    """A response whose JSON object has an `id` only, with a link to its own operation."""
    schema = {
        "type": "object",
        "properties": {"id": {"type": "string"}},
        "additionalProperties": False,
    }
    link = {"operationId": "getThing", **link}
    if "operationRef" in link:
        del link["operationId"]
    document = responding(
        {
            "200": {
                "description": ".",
                "content": {"application/json": {"schema": schema}},
                "links": {"self": link},
            }
        }
    )
    operation(document)["parameters"] += [
        parameter("both", place, {"type": "string"}) for place in ("query", "header")
    ]
    return document


TABBED = {
    "name": "q",
    "in": "query",
    "type": "array",
    "items": {"type": "string"},
    "collectionFormat": "tsv",
}


def swagger(members: dict[str, Any]) -> dict[str, Any]:
    """A document of Swagger 2.0 whose one operation has these members."""
    responses = {"204": {"description": "Done."}}
    return {
        "swagger": "2.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/things": {"get": {"operationId": "a", "responses": responses, **members}}},
    }


BREAKS: dict[str, dict[str, Any]] = {
    "keyword-at-gateway": posting(whole(), required({"type": "object"})),
    "keyword-not-in-models": posting(whole(), required({"format": "uuid"})),
    "array-bounds": posting(whole(), required({"type": "array", "minItems": 1})),
    "exclusive-limit": posting(
        whole(), required({"type": "number", "minimum": 0, "exclusiveMinimum": True})
    ),
    "body-without-model": posting(whole(), required({"type": "object"}, "multipart/form-data")),
    "parameter-schema": with_parameter(parameter("q", "query", {"maxLength": 3})),
    "parameter-required": whole(),
    "parameter-not-asked-for": with_parameter(
        parameter("q", "query", {"type": "object"}, required=True)
    ),
    "response-schema": responding(
        {"201": {"description": ".", "content": {"application/json": {"schema": {"type": "null"}}}}}
    )
    | {"openapi": "3.1.0"},
    "body-required": posting(whole(), required({"type": "object"})),
    "body-not-asked-for": posting(
        whole(), required({"type": "object"}, "application/merge-patch+json")
    ),
    "media-type": posting(whole(), required({})),
    "api-key": secured(KEY),
    "authorizer": secured(
        {"type": "http", "scheme": "bearer", "x-amazon-apigateway-authorizer": AUTHORIZER}
    ),
    "security-in-service": secured({"type": "http", "scheme": "basic"}),
    "scopes": scoped("read"),
    "scopes-in-authorizer": scoped("read", "write"),
    "any-scope": scoped("read", "write"),
    "too-many-authorizers": guarded(11),
    "binary-response": responding({"200": {"description": ".", "content": {"image/png": {}}}}),
    "any-body-as-text": posting(whole(), {"content": {"*/*": {}}}),
    "unknown-format": posting(whole(), required({"format": "colour"})),
    "api-key-elsewhere": secured({**KEY, "in": "query"}),
    "security-scheme": secured({"type": "http", "scheme": "basic"}),
    "method-unknown": with_method("trace"),
    "body-on-get": with_path("/got", requestBody=required({})),
    "path-segment": with_path("/a//b"),
    "same-resource": trailing_slash(),
    "shared-integration": with_path(
        "/x/v{b}", **{"x-amazon-apigateway-integration": {"type": "mock"}}
    ),
    "shared-security": unlike(security=[{"key": []}]),
    "one-authorizer": guarded_twice(),
    "path-variable": with_path("/things/{other}/more"),
    "path-template": with_path("/{proxy+}/more"),
    "shared-method": unlike(),
    "same-path": same_path(),
    "validator": {
        **with_path("/x", **{"x-amazon-apigateway-request-validator": "none"}),
        "x-amazon-apigateway-request-validators": {"all": {}},
    },
    "too-many-paths": many_paths(),
    "document-too-large": {
        **whole(),
        "info": {"title": "T", "version": "1", "description": "x" * 6_300_000},
    },
    "model-left-out": posting(whole(), required(LARGE)),
    "response-model-left-out": responding(
        {"200": {"description": ".", "content": {"application/json": {"schema": LARGE}}}}
    ),
    "headers-too-large": with_parameter(
        parameter("a", "header", LONG), parameter("b", "header", LONG)
    ),
    "url-too-long": with_parameter(parameter("q", "query", LONG)),
    "discriminator": choosing(),
    "default": with_parameter(parameter("q", "query", {"default": "a"})),
    "nullable": posting(whole(), required({"type": "string", "nullable": True})),
    "deprecated": with_path("/old", deprecated=True),
    "model-name": named("My_Thing", {"type": "object"}),
    "cookie-parameter": with_parameter(parameter("c", "cookie", {"type": "string"})),
    "parameter-name": with_parameter(parameter("filter[a]", "query", {"type": "string"})),
    "error-shape": refusing({"application/json": {"schema": MESSAGE}}),
    "error-without-body": refusing(None),
    "error-body": refusing({"application/xml": {"schema": MESSAGE}}),
    "error-undeclared": whole(),
    "gateway-error-body": refusing({"application/xml": {"schema": MESSAGE}}),
    "gateway-error-fixed": whole(),
    "gateway-error-template": refusing({"application/json": {"schema": MESSAGE}}),
    "response-range": responding({"4XX": {"description": "Refused."}}),
    "root-security": secured(KEY, root=True),
    "security-alternatives": secured(KEY, more=1),
    "link-without-value": linked(parameters={"path.id": "$response.body#/ids"}),
    "link-to-undeclared": linked(parameters={"id": "$response.header.Location"}),
    "link-parameter-ambiguous": linked(parameters={"both": "$method"}),
    "link-to-elsewhere": linked(operationRef="https://example.com/openapi.yaml#/paths/~1a/get"),
    "callbacks": called_back(),
    "openapi-3-1": in_3_1(),
    "misspelt-keyword": posting(in_3_1(), required({"type": "object", "requried": ["a"]})),
    "unknown-keyword": posting(in_3_1(), required({"type": "object", "colour": "red"})),
    "idle-discriminator": posting(
        whole(),
        required({"oneOf": [{"type": "object"}], "discriminator": {"propertyName": "kind"}}),
    ),
    "required-with-default": with_parameter(
        parameter("c", "cookie", {"type": "string", "default": "a"}, required=True)
    ),
    "keyword-without-effect": posting(whole(), required({"type": "integer", "minLength": 1})),
    "nullable-without-effect": posting(
        whole(), required({"type": "string", "nullable": True, "enum": ["a"]})
    ),
    "direction-without-effect": posting(whole(), required({"type": "object", "readOnly": True})),
    "default-not-applied": posting(whole(), required({"properties": {"a": {"default": 1}}})),
    "closed-composition": posting(
        whole(),
        required({"allOf": [{"properties": {"a": {}}}], "additionalProperties": False}),
    ),
    "derived-name": with_parameter(parameter("from", "query", {"type": "string"})),
    "nested-names": with_parameter(parameter("q", "query", {"type": "array"}, style="deepObject")),
    "lost-extension": {
        **whole(),
        "components": {
            "securitySchemes": {
                "one": {"type": "http", "scheme": "bearer", "x-amazon-apigateway-authtype": "x"}
            }
        },
    },
    "unknown-extension": {**whole(), "x-amazon-apigateway-polcy": {"Version": "2012-10-17"}},
    "own-integration": integrated(type="mock"),
    "integration": integrated(type="aws_proxy", integrationSubtype="SQS-SendMessage"),
    "response-streaming": integrated(responseTransferMode="STREAM"),
    "integration-timeout": integrated(timeoutInMillis=60_000),
    "cloudformation-function": integrated(type="http", uri={"Fn::Sub": "https://${Host}"}),
    "account-id": integrated(
        type="aws_proxy", uri="arn:aws:apigateway:eu-west-1:123456789012:function:other"
    ),
    "template-variable": integrated(type="http_proxy", uri="https://${host}/"),
    "header-without-schema": with_parameter({"name": "X-A", "in": "header"}),
    "idle-extension": {**whole(), "x-amazon-apigateway-cors": {"allowOrigins": ["*"]}},
    "blank-parameter": with_parameter(parameter("q", "query", {"type": "string"}, required=True)),
    "wrong-default": with_parameter(parameter("q", "query", {"type": "integer", "default": "a"})),
    "pattern-backtracks": with_parameter(
        parameter("q", "query", {"type": "string", "pattern": "^(?=a)"})
    ),
    "repeated-pattern-backtracks": with_parameter(
        parameter("q", "query", {"type": "array", "items": {"type": "string", "pattern": "^(?=a)"}})
    ),
    "misshapen-annotation": with_path("/old", deprecated="yes"),
    "new-in-openapi-3-2": {
        **in_3_1(),
        "openapi": "3.2.0",
        "tags": [{"name": "a", "kind": "nav"}],
    },
    "swagger-reading": swagger({"responses": {"200": {"description": "", "schema": {}}}}),
    "swagger-loss": swagger({"parameters": [TABBED]}),
}


POOL = '[tool.contract.authorizers.one]\ntype = "cognito_user_pools"\n'
SETTINGS = {
    "gateway-error-template": '[tool.contract.errors]\nbody = { code = "$status" }\n',
    "security-in-service": '[tool.contract.authorizers.one]\ntype = "service"\n',
    "scopes": POOL,
    "scopes-in-authorizer": '[tool.contract.authorizers.one]\ntype = "token"\n',
    "any-scope": POOL,
}
