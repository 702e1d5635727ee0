"""Every key of API Gateway's extensions has an effect, or is reported; and the effect is real."""

import copy
from dataclasses import replace

import pytest

from openapi_first.aws import extensions as ext
from openapi_first.stage.api.importer import read_document
from openapi_first.stage.support.unsupported import unsupported
from openapi_first.stage.support.verdicts import KEYS, VERDICTS, WITHOUT_EFFECT_BY_TYPE

URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations"
OPERATION = ("paths", "/a", "get")
SCHEME = ("components", "securitySchemes", "guard")
INTEGRATION = (*OPERATION, ext.INTEGRATION)
AUTHORIZER = (*SCHEME, ext.AUTHORIZER)
VALIDATOR = (ext.REQUEST_VALIDATORS, "all")
RESPONSE = (ext.GATEWAY_RESPONSES, "ACCESS_DENIED")
HEADER = {"method.response.header.A": "'x'"}


def document():
    return {
        "openapi": "3.0.1",
        "info": {"title": "t", "version": "1"},
        "security": [{"guard": []}],
        "components": {
            "securitySchemes": {
                "guard": {
                    "type": "apiKey",
                    "name": "Authorization",
                    "in": "header",
                    ext.AUTHTYPE: "custom",
                    ext.AUTHORIZER: {"type": "token", "authorizerUri": URI},
                }
            }
        },
        ext.REQUEST_VALIDATORS: {"all": {"validateRequestBody": True}},
        ext.GATEWAY_RESPONSES: {"ACCESS_DENIED": {"statusCode": "404"}},
        "paths": {
            "/a": {
                "get": {
                    "responses": {"200": {"headers": {"A": {}}}},
                    ext.REQUEST_VALIDATOR: "all",
                    ext.INTEGRATION: {
                        "type": "http",
                        "uri": "http://127.0.0.1:1/a",
                        "httpMethod": "GET",
                        "responses": {"default": {"statusCode": "200"}},
                    },
                }
            }
        },
    }


def changed(place, value):
    found = document()
    if place[: len(AUTHORIZER)] == AUTHORIZER and "jwtConfiguration" in place:
        kind = {"type": "jwt", "jwtConfiguration": {"issuer": "https://a.example"}}
        found["components"]["securitySchemes"]["guard"][ext.AUTHORIZER] = kind
    if place[-1:] == ("providerARNs",):
        found["components"]["securitySchemes"]["guard"][ext.AUTHORIZER] = {
            "type": "cognito_user_pools",
            "providerARNs": [POOL.replace("AbC", "DeF")],
        }
    below = found
    for step in place[:-1]:
        below = below.setdefault(step, {})
    before = copy.deepcopy(found)
    below[place[-1]] = value
    return before, found


ISSUER = {"issuer": "https://b.example", "audiences": ["x"]}
POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbC"
OTHER = {"type": "mock", "requestTemplates": {"application/json": '{"statusCode": 204}'}}
EFFECTS = {
    ext.ANY_METHOD: (("paths", "/a", ext.ANY_METHOD), {ext.INTEGRATION: OTHER}),
    ext.API_KEY_SOURCE: ((ext.API_KEY_SOURCE,), "AUTHORIZER"),
    ext.AUTH: ((*OPERATION, ext.AUTH), {"type": "AWS_IAM"}),
    f"{ext.AUTH}/type": ((*OPERATION, ext.AUTH, "type"), "aws_iam"),
    ext.AUTHORIZER: (AUTHORIZER, {"type": "request", "authorizerUri": URI}),
    f"{ext.AUTHORIZER}/type": ((*AUTHORIZER, "type"), "request"),
    f"{ext.AUTHORIZER}/authorizerUri": ((*AUTHORIZER, "authorizerUri"), URI.replace("/f/", "/g/")),
    f"{ext.AUTHORIZER}/identitySource": (
        (*AUTHORIZER, "identitySource"), "method.request.header.X"),
    f"{ext.AUTHORIZER}/identityValidationExpression": (
        (*AUTHORIZER, "identityValidationExpression"), "a+"),
    f"{ext.AUTHORIZER}/authorizerResultTtlInSeconds": (
        (*AUTHORIZER, "authorizerResultTtlInSeconds"), 7),
    f"{ext.AUTHORIZER}/providerARNs": ((*AUTHORIZER, "providerARNs"), [POOL]),
    f"{ext.AUTHORIZER}/jwtConfiguration": (
        (*AUTHORIZER, "jwtConfiguration"), {"issuers": [ISSUER]}),
    f"{ext.AUTHORIZER}/jwtConfiguration/issuer": (
        (*AUTHORIZER, "jwtConfiguration", "issuer"), "https://b.example"),
    f"{ext.AUTHORIZER}/jwtConfiguration/audience": (
        (*AUTHORIZER, "jwtConfiguration", "audience"), ["x"]),
    f"{ext.AUTHORIZER}/jwtConfiguration/issuers": (
        (*AUTHORIZER, "jwtConfiguration", "issuers"), [ISSUER]),
    f"{ext.AUTHORIZER}/jwtConfiguration/defaultAlgorithms": (
        (*AUTHORIZER, "jwtConfiguration", "defaultAlgorithms"), ["RS512"]),
    ext.AUTHTYPE: (
        (*SCHEME,), {"type": "apiKey", "name": "Authorization", "in": "header",
                     ext.AUTHTYPE: "awsSigv4"}),
    ext.BINARY_MEDIA_TYPES: ((ext.BINARY_MEDIA_TYPES,), ["image/png"]),
    ext.ENDPOINT_CONFIGURATION: ((ext.ENDPOINT_CONFIGURATION,), {"types": ["PRIVATE"]}),
    f"{ext.ENDPOINT_CONFIGURATION}/types": ((ext.ENDPOINT_CONFIGURATION, "types"), ["private"]),
    f"{ext.ENDPOINT_CONFIGURATION}/vpcEndpointIds": (
        (ext.ENDPOINT_CONFIGURATION, "vpcEndpointIds"), ["vpce-1"]),
    ext.GATEWAY_RESPONSES: ((ext.GATEWAY_RESPONSES,), {}),
    f"{ext.GATEWAY_RESPONSES}/*/statusCode": ((*RESPONSE, "statusCode"), 499),
    f"{ext.GATEWAY_RESPONSES}/*/responseParameters": (
        (*RESPONSE, "responseParameters"), {"gatewayresponse.header.A": "'x'"}),
    f"{ext.GATEWAY_RESPONSES}/*/responseTemplates": (
        (*RESPONSE, "responseTemplates"), {"application/json": "{}"}),
    ext.INTEGRATION: (INTEGRATION, OTHER),
    f"{ext.INTEGRATION}/type": ((*INTEGRATION, "type"), "http_proxy"),
    f"{ext.INTEGRATION}/uri": ((*INTEGRATION, "uri"), "http://127.0.0.1:1/b"),
    f"{ext.INTEGRATION}/httpMethod": ((*INTEGRATION, "httpMethod"), "POST"),
    f"{ext.INTEGRATION}/passthroughBehavior": ((*INTEGRATION, "passthroughBehavior"), "NEVER"),
    f"{ext.INTEGRATION}/contentHandling": ((*INTEGRATION, "contentHandling"), "CONVERT_TO_TEXT"),
    f"{ext.INTEGRATION}/responseTransferMode": (
        INTEGRATION, {"type": "http_proxy", "uri": "http://127.0.0.1:1/a", "httpMethod": "GET",
                      "responseTransferMode": "STREAM"}),
    f"{ext.INTEGRATION}/requestParameters": (
        (*INTEGRATION, "requestParameters"), {"integration.request.header.A": "'x'"}),
    f"{ext.INTEGRATION}/requestTemplates": (
        (*INTEGRATION, "requestTemplates"), {"application/json": "$context.requestId"}),
    f"{ext.INTEGRATION}/responses": (
        (*INTEGRATION, "responses"), {"4..": {"statusCode": "200"}}),
    f"{ext.INTEGRATION}/timeoutInMillis": ((*INTEGRATION, "timeoutInMillis"), 77),
    f"{ext.INTEGRATION}/integrationSubtype": ((*INTEGRATION, "integrationSubtype"), "SQS-Send"),
    f"{ext.INTEGRATION}/responses/*/statusCode": (
        (*INTEGRATION, "responses", "default", "statusCode"), "201"),
    f"{ext.INTEGRATION}/responses/*/responseParameters": (
        (*INTEGRATION, "responses", "default", "responseParameters"), HEADER),
    f"{ext.INTEGRATION}/responses/*/responseTemplates": (
        (*INTEGRATION, "responses", "default", "responseTemplates"), {"application/json": "x"}),
    f"{ext.INTEGRATION}/responses/*/contentHandling": (
        (*INTEGRATION, "responses", "default", "contentHandling"), "CONVERT_TO_BINARY"),
    ext.MINIMUM_COMPRESSION_SIZE: ((ext.MINIMUM_COMPRESSION_SIZE,), 0),
    ext.POLICY: ((ext.POLICY,), {"Statement": []}),
    ext.REQUEST_VALIDATOR: ((*OPERATION, ext.REQUEST_VALIDATOR), ""),
    ext.REQUEST_VALIDATORS: (
        (ext.REQUEST_VALIDATORS,), {"all": {"validateRequestParameters": True}}),
    f"{ext.REQUEST_VALIDATORS}/*/validateRequestBody": ((*VALIDATOR, "validateRequestBody"), False),
    f"{ext.REQUEST_VALIDATORS}/*/validateRequestParameters": (
        (*VALIDATOR, "validateRequestParameters"), True),
}  # fmt: skip
PARENTS = {f"{ext.INTEGRATION}/tlsConfig"}
"""Acted on only in so far as their members are judged."""

PLACES = {
    ext.TAG_VALUE: ("tags", 0),
    ext.INTEGRATIONS: ("components",),
    ext.AUTHORIZER: SCHEME,
    ext.INTEGRATION: OPERATION,
}


def test_every_key_has_one_verdict():
    assert set(VERDICTS) == KEYS
    assert set(WITHOUT_EFFECT_BY_TYPE) <= KEYS
    acted_on = {key for key, verdict in VERDICTS.items() if verdict.reported is None}
    assert acted_on == set(EFFECTS) | PARENTS


@pytest.mark.parametrize("key", EFFECTS)
def test_what_is_acted_on_changes_the_api(key):
    before, after = changed(*EFFECTS[key])

    def read(value):
        return replace(read_document(value), digest="", warnings=())

    assert repr(read(before)) != repr(read(after))
    assert not [each for each in unsupported(after) if "no effect" in each]


@pytest.mark.parametrize("key", [key for key, verdict in VERDICTS.items() if verdict.reported])
def test_what_is_not_acted_on_is_reported_with_its_place(key):
    extension, *members = key.split("/")
    found = document() | {"tags": [{"name": "a"}]}
    before = list(unsupported(found))
    below = found
    for step in (*PLACES.get(extension, ()), extension, *members)[:-1]:
        below = below[step] if isinstance(below, list) else below.setdefault(step, {})
    below[(extension, *members)[-1]] = "some value"
    (warning,) = [each for each in unsupported(found) if each not in before]
    path = "/".join(
        str(step).replace("/", "~1") for step in (*PLACES.get(extension, ()), extension, *members)
    )
    assert warning == f"#/{path}: {VERDICTS[key].reported}"
    for harmless in VERDICTS[key].unless:
        below[(extension, *members)[-1]] = harmless
        assert list(unsupported(found)) == before
