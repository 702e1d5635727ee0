"""Each change of an API is found, at its place in the import document."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from drift.changing import (
    INTEGRATION,
    ITEM,
    LIST,
    PREFIX,
    Change,
    Look,
    on_api,
    on_authorizer,
    on_gateway_response,
    on_method,
    on_model,
    on_validator,
    reset_gateway_response,
    with_method,
    with_resource,
    without_method,
    without_resource,
)
from drift.imported_api import ACCOUNT, REGION, imported
from openapi_first.drift.comparison import State

KEY = "method.request.header.Idempotency-Key"
LIMIT = "method.request.querystring.limit"
RETRY = "gatewayresponse.header.Retry-After"
ORIGIN = "method.response.header.Access-Control-Allow-Origin"
ANSWER = ("methodIntegration", "integrationResponses", "200")
URI = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/arn:aws:lambda:{REGION}"
RESPONSES = f"/{PREFIX}gateway-responses"
STAFF = f"/components/securitySchemes/staff/{PREFIX}authorizer"
PREFLIGHT = f"{LIST}/options/{INTEGRATION}"
MODEL = "/components/schemas/ItemInput"

MUTATIONS: dict[str, tuple[Change, str]] = {
    "method removed": (without_method("/items/{id}", "PUT"), f"{ITEM}/put"),
    "method added": (with_method("/items", "PATCH", "POST"), f"{LIST}/patch"),
    "any method added": (with_method("/items", "ANY", "POST"), f"{LIST}/{PREFIX}any-method"),
    "resource removed": (without_resource("/items/{id}"), ITEM),
    "resource added": (with_resource("/debug"), "/paths/~1debug"),
    "operation's name": (
        on_method("/items", "GET", "operationName", to="other"),
        f"{LIST}/get/operationId",
    ),
    "key not required": (
        on_method("/items", "GET", "apiKeyRequired", to=False),
        f"{LIST}/get/security",
    ),
    "key required in a preflight": (
        on_method("/items", "OPTIONS", "apiKeyRequired", to=True),
        f"{LIST}/options/security",
    ),
    "signature required": (
        on_method("/items", "GET", "authorizationType", to="AWS_IAM"),
        f"{LIST}/get/security",
    ),
    "authorizer removed": (
        on_method("/items/{id}", "DELETE", "authorizerId", to=None),
        f"{ITEM}/delete/security",
    ),
    "authorizer added": (
        on_method("/items/{id}", "PUT", "authorizerId", to="u1"),
        f"{ITEM}/put/security",
    ),
    "scope": (
        on_method("/items/{id}", "DELETE", "authorizationScopes", to=["items.read"]),
        f"{ITEM}/delete/security",
    ),
    "authorizer's function": (
        on_authorizer("authorizerUri", "arn:aws:lambda:x"),
        f"{STAFF}/authorizerUri",
    ),
    "authorizer's type": (on_authorizer("type", "REQUEST"), f"{STAFF}/type"),
    "authorizer's expression": (
        on_authorizer("identityValidationExpression", ".*"),
        f"{STAFF}/identityValidationExpression",
    ),
    "authorizer's source": (
        on_authorizer("identitySource", "method.request.header.X-Token"),
        f"{STAFF}/identitySource",
    ),
    "authorizer's cache": (
        on_authorizer("authorizerResultTtlInSeconds", 0),
        f"{STAFF}/authorizerResultTtlInSeconds",
    ),
    "authorizer's credentials": (
        on_authorizer("authorizerCredentials", "arn:aws:iam::1:role/x"),
        f"{STAFF}/authorizerCredentials",
    ),
    "validator removed": (
        on_method("/items", "POST", "requestValidatorId", to=None),
        f"{LIST}/post/{PREFIX}request-validator",
    ),
    "another validator": (
        on_method("/items", "POST", "requestValidatorId", to="v1"),
        f"{LIST}/post/{PREFIX}request-validator",
    ),
    "validator of bodies off": (
        on_validator("all", "validateRequestBody", to=False),
        f"/{PREFIX}request-validators/all/validateRequestBody",
    ),
    "validator of parameters off": (
        on_validator("parameters", "validateRequestParameters", to=False),
        f"/{PREFIX}request-validators/parameters/validateRequestParameters",
    ),
    "parameter removed": (
        on_method("/items", "GET", "requestParameters", LIMIT, to=None),
        f"{LIST}/get/parameters/0",
    ),
    "parameter required": (
        on_method("/items", "POST", "requestParameters", KEY, to=True),
        f"{LIST}/post/parameters/0",
    ),
    "parameter added": (
        on_method("/items", "GET", "requestParameters", f"{LIMIT}s", to=False),
        f"{LIST}/get/parameters/-",
    ),
    "model of a body": (
        on_method("/items", "POST", "requestModels", "application/json", to="Item"),
        f"{LIST}/post/requestBody/content/application~1json/schema/$ref",
    ),
    "no model of a body": (
        on_method("/items", "POST", "requestModels", to=None),
        f"{LIST}/post/requestBody",
    ),
    "model of another media type": (
        on_method("/items", "POST", "requestModels", "text/plain", to="ItemInput"),
        f"{LIST}/post/requestBody/content/text~1plain",
    ),
    "model's limit": (
        on_model("ItemInput", "properties", "name", "maxLength", to=9999),
        f"{MODEL}/properties/name/maxLength",
    ),
    "model's type": (
        on_model("ItemInput", "properties", "name", "type", to="integer"),
        f"{MODEL}/properties/name/type",
    ),
    "model's pattern": (
        on_model("ItemInput", "properties", "name", "pattern", to="^x"),
        f"{MODEL}/properties/name/pattern",
    ),
    "model's required properties": (on_model("ItemInput", "required", to=[]), f"{MODEL}/required"),
    "model's new property": (
        on_model("ItemInput", "properties", "price", to={"type": "number"}),
        f"{MODEL}/properties/price",
    ),
    "model's property called description": (
        on_model("ItemInput", "properties", "description", to=None),
        f"{MODEL}/properties/description",
    ),
    "model opened": (
        on_model("ItemInput", "additionalProperties", to={"type": "string"}),
        f"{MODEL}/additionalProperties",
    ),
    "response removed": (
        on_method("/items", "POST", "methodResponses", "201", to=None),
        f"{LIST}/post/responses/201",
    ),
    "response added": (
        on_method("/items", "POST", "methodResponses", "299", to={"statusCode": "299"}),
        f"{LIST}/post/responses/299",
    ),
    "response's model": (
        on_method(
            *("/items", "POST", "methodResponses", "201", "responseModels", "application/json"),
            to="Problem",
        ),
        f"{LIST}/post/responses/201/content/application~1json/schema/$ref",
    ),
    "response's header removed": (
        on_method(
            "/items", "OPTIONS", "methodResponses", "200", "responseParameters", ORIGIN, to=None
        ),
        f"{LIST}/options/responses/200/headers/Access-Control-Allow-Origin",
    ),
    "function": (
        on_method(
            "/items",
            "GET",
            "methodIntegration",
            "uri",
            to=f"{URI}:{ACCOUNT}:function:x/invocations",
        ),
        f"{LIST}/get/{INTEGRATION}/uri",
    ),
    "function of another account": (
        on_method(
            *("/items", "GET", "methodIntegration", "uri"),
            to=f"{URI}:999999999999:function:${{stageVariables.function}}/invocations",
        ),
        f"{LIST}/get/{INTEGRATION}/uri",
    ),
    "integration's timeout": (
        on_method("/items", "GET", "methodIntegration", "timeoutInMillis", to=5000),
        f"{LIST}/get/{INTEGRATION}/timeoutInMillis",
    ),
    "integration's method": (
        on_method("/items", "GET", "methodIntegration", "httpMethod", to="GET"),
        f"{LIST}/get/{INTEGRATION}/httpMethod",
    ),
    "integration's type": (
        on_method("/items", "GET", "methodIntegration", "type", to="HTTP_PROXY"),
        f"{LIST}/get/{INTEGRATION}/type",
    ),
    "integration's credentials": (
        on_method("/items", "GET", "methodIntegration", "credentials", to="arn:aws:iam::1:role/x"),
        f"{LIST}/get/{INTEGRATION}/credentials",
    ),
    "integration's conversion": (
        on_method("/items", "GET", "methodIntegration", "contentHandling", to="CONVERT_TO_TEXT"),
        f"{LIST}/get/{INTEGRATION}/contentHandling",
    ),
    "integration's parameters": (
        on_method(
            *("/items", "GET", "methodIntegration", "requestParameters"),
            to={"integration.request.header.X": "'1'"},
        ),
        f"{LIST}/get/{INTEGRATION}/requestParameters",
    ),
    "passthrough": (
        on_method(
            "/items", "OPTIONS", "methodIntegration", "passthroughBehavior", to="WHEN_NO_MATCH"
        ),
        f"{PREFLIGHT}/passthroughBehavior",
    ),
    "template": (
        on_method(
            *("/items", "OPTIONS", "methodIntegration", "requestTemplates", "application/json"),
            to='{"statusCode": 500}',
        ),
        f"{PREFLIGHT}/requestTemplates/application~1json",
    ),
    "preflight's origin": (
        on_method("/items", "OPTIONS", *ANSWER, "responseParameters", ORIGIN, to="'https://evil'"),
        f"{PREFLIGHT}/responses/default/responseParameters/{ORIGIN}",
    ),
    "preflight's status": (
        on_method("/items", "OPTIONS", *ANSWER, "statusCode", to="204"),
        f"{PREFLIGHT}/responses/default/statusCode",
    ),
    "gateway response's status": (
        on_gateway_response("MISSING_AUTHENTICATION_TOKEN", {"statusCode": "403"}),
        f"{RESPONSES}/MISSING_AUTHENTICATION_TOKEN/statusCode",
    ),
    "gateway response's template": (
        on_gateway_response("THROTTLED", {"responseTemplates": {"application/json": "{}"}}),
        f"{RESPONSES}/THROTTLED/responseTemplates/application~1json",
    ),
    "gateway response's headers": (
        lambda rest: rest.gateway_response("THROTTLED")["responseParameters"].pop(RETRY),
        f"{RESPONSES}/THROTTLED/responseParameters/{RETRY}",
    ),
    "gateway response reset": (reset_gateway_response("UNAUTHORIZED"), f"{RESPONSES}/UNAUTHORIZED"),
    "gateway response added": (
        on_gateway_response("REQUEST_TOO_LARGE", {"statusCode": "400"}),
        f"{RESPONSES}/REQUEST_TOO_LARGE",
    ),
    "key's source": (on_api("apiKeySource", "AUTHORIZER"), f"/{PREFIX}api-key-source"),
    "binary media types": (on_api("binaryMediaTypes", ["*/*"]), f"/{PREFIX}binary-media-types"),
    "compression": (on_api("minimumCompressionSize", 0), f"/{PREFIX}minimum-compression-size"),
    "policy": (
        on_api("policy", '{\\"Statement\\":[{\\"Effect\\":\\"Deny\\",\\"Principal\\":\\"*\\"}]}'),
        f"/{PREFIX}policy",
    ),
}


def test_what_was_imported_and_deployed_is_in_sync(document: dict[str, Any], look: Look) -> None:
    drift = look(document, imported(document), imported(document))
    assert (drift.differences, drift.state) == ((), State.IN_SYNC)


def test_there_are_at_least_forty_mutations() -> None:
    assert len(MUTATIONS) >= 40


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_change_is_found_at_its_place(name: str, document: dict[str, Any], look: Look) -> None:
    change, pointer = MUTATIONS[name]
    current, stage = imported(document), imported(document)
    change(current)
    drift = look(document, current, stage)
    assert pointer in {difference.pointer for difference in drift.differences}
    assert drift.state is State.EDITED
    alike = {difference.pointer for difference in drift.differences}
    # An authorizer or a model that nothing uses any more differs, too.
    assert len(alike) <= 2 or name in ("resource removed", "integration's type"), alike
    change(stage)
    both = look(document, current, stage)
    assert pointer in {difference.pointer for difference in both.differences}
    assert both.state is State.EDITED
    stale = look(document, imported(document), stage)
    assert pointer in {difference.pointer for difference in stale.differences}
    assert stale.state is State.STALE


def test_a_contract_that_was_not_imported_yet_is_not_an_edit(
    document: dict[str, Any], look: Look
) -> None:
    newer = copy.deepcopy(document)
    newer["info"]["version"] = "99"
    del newer["paths"]["/items/{id}"]["put"]
    drift = look(newer, imported(document), imported(document))
    pointers = [each.pointer for each in drift.differences]
    assert pointers[:2] == ["/info/version", f"{ITEM}/put"]
    assert all(pointer.startswith("/components/schemas/update") for pointer in pointers[2:])
    assert (drift.state, drift.imported) == (State.STALE, False)
