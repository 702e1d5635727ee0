"""Rules of the gateway that no other file's tests are about."""

import json

import pytest

from openapi_first.aws.gateway_responses import GATEWAY_RESPONSES
from openapi_first.serving.testing import StageClient
from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.messages.gateway_errors import GatewayError
from openapi_first.stage.usage.plan_file import read_plan_file
from openapi_first.stage.usage.usage_plans import Quota, Throttle, UsagePlan

KEY = ApiKey("alice", "alices-key-of-20-characters")
SCHEME = {"key": {"type": "apiKey", "name": "x-api-key", "in": "header"}}


@pytest.mark.fact("F2.1/5")
def test_a_validator_without_a_model_checks_no_body(run, documents):
    stage = run(documents.validated())
    assert stage.post("/prod/items", b"{not json").status == 200


@pytest.mark.fact("F2.1/7")
def test_a_get_with_a_model_and_no_body_is_refused(run, documents):
    stage = run(documents.validated(schema={"type": "object"}, method="get"))
    assert stage.get("/prod/items").status == 400


@pytest.mark.fact("F2.2/7")
def test_the_log_says_what_the_validator_found(run, documents, caplog):
    schema = {"type": "object", "required": ["email"]}
    run(documents.validated(schema=schema)).post("/prod/items", {})
    assert (
        "Request body does not match model schema for content type application/json: "
        '[object has missing required properties (["email"])]'
    ) in caplog.text


@pytest.mark.fact("F2.4/4")
def test_each_step_refuses_before_the_next_is_asked(run, documents):
    document = documents.validated(
        schema={"type": "object"},
        parameters=[{"name": "q", "in": "query", "required": True, "schema": {"type": "string"}}],
    )
    document["paths"]["/items"]["post"]["security"] = [{"key": []}]
    document["components"]["securitySchemes"] = SCHEME
    plan = UsagePlan("p", ("alice",), Throttle(0, 3), Quota(2, "DAY"))
    stage = run(document, api_keys=[KEY], usage_plans=[plan])
    key = ("x-api-key", KEY.value)
    stage.post("/prod/nothing", b"", key)
    stage.post("/prod/items", b"")
    stage.post("/prod/items", b"", key)
    stage.post("/prod/items?q=1", b"", key)
    stage.post("/prod/items?q=1", {}, key)
    stage.post("/prod/items?q=1", {}, key)
    assert [record.answered_by for record in stage.log] == [
        "MISSING_AUTHENTICATION_TOKEN",
        "INVALID_API_KEY",
        "BAD_REQUEST_PARAMETERS",
        "BAD_REQUEST_BODY",
        "QUOTA_EXCEEDED",
        "THROTTLED",
    ]
    assert stage.function.events == []


TYPES = {
    "ACCESS_DENIED": 403,
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "DEFAULT_4XX": None,
    "DEFAULT_5XX": None,
    "EXPIRED_TOKEN": 403,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "QUOTA_EXCEEDED": 429,
    "REQUEST_TOO_LARGE": 413,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
}


@pytest.mark.fact("F4.1/1", "F4.1/2", "F4.1/3", "F4.1/4", "F4.1/5", "F4.1/6", "F4.1/7")
@pytest.mark.parametrize(("name", "status"), TYPES.items())
def test_every_type_has_its_status_and_can_be_customised(run, documents, fake, name, status):
    assert GATEWAY_RESPONSES[name].status == status
    assert set(GATEWAY_RESPONSES) == set(TYPES)
    error = GatewayError(name, status or int(name[8]) * 100, "text", "SomeException")
    # Only AWS can cause some of them, so the function raises them all here.
    failing = fake(raises=error)
    own = {name: {"responseTemplates": {"application/json": '{"own":"$context.error.message"}'}}}
    document = documents.one()
    reply = run(document, invoker=failing).get("/prod/items")
    assert (reply.status, reply.json()) == (error.status, {"message": "text"})
    document["x-amazon-apigateway-gateway-responses"] = own
    reply = run(document, invoker=failing).get("/prod/items")
    # AWS: api-gateway-known-issues, on 413.
    body = {"message": "text"} if name == "REQUEST_TOO_LARGE" else {"own": "text"}
    assert (reply.status, reply.json()) == (error.status, body)


@pytest.mark.fact("F6/3")
def test_a_key_of_a_file_that_does_not_say_so_is_disabled(run, documents, tmp_path):
    path = tmp_path / "plans.yaml"
    key = {"id": "alice", "value": KEY.value}
    path.write_text(json.dumps({"keys": [key], "plans": [{"name": "p", "keys": ["alice"]}]}))
    found = read_plan_file(path, "prod")
    document = documents.one(security=[{"key": []}])
    document["components"] = {"securitySchemes": SCHEME}
    stage = run(document, api_keys=found.keys, usage_plans=found.plans)
    assert stage.get("/prod/items", ("x-api-key", KEY.value)).status == 403


@pytest.mark.fact("F6/12")
def test_the_log_says_which_key_exceeded_what(run, documents, caplog):
    document = documents.one(security=[{"key": []}])
    document["components"] = {"securitySchemes": SCHEME}
    for plan, words in (
        (UsagePlan("p", ("alice",), Throttle(0, 0)), "Key throttle limit exceeded for Usage Plan"),
        (UsagePlan("p", ("alice",), None, Quota(0, "DAY")), "Key quota exhausted for Usage Plan"),
    ):
        stage = run(document, api_keys=[KEY], usage_plans=[plan])
        stage.get("/prod/items", ("x-api-key", KEY.value))
        assert words in caplog.text
        assert KEY.value not in caplog.text


@pytest.mark.fact("F7/3")
def test_a_preflight_needs_no_key(run, documents):
    document = documents.api(
        {
            "/items": {
                "get": documents.proxy(security=[{"key": []}]),
                "options": documents.preflight(),
            }
        },
        components={"securitySchemes": SCHEME},
    )
    stage = run(document)
    assert stage.send("OPTIONS", "/prod/items").status == 200
    assert stage.get("/prod/items").status == 403


@pytest.mark.fact("F11/6")
def test_swagger_2_is_imported_with_its_validators_keys_and_integrations():
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": "function:f/invocations"}
    body = {"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/New"}}
    document = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "consumes": ["application/json"],
        "definitions": {"New": {"type": "object", "required": ["name"]}},
        "securityDefinitions": {"key": {"type": "apiKey", "name": "x-api-key", "in": "header"}},
        "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": True}},
        "x-amazon-apigateway-request-validator": "all",
        "paths": {
            "/things": {
                "post": {
                    "parameters": [body],
                    "security": [{"key": []}],
                    "responses": {"201": {"description": "made"}},
                    "x-amazon-apigateway-integration": integration,
                }
            }
        },
    }
    key = "of-twenty-characters-0"
    made = {"statusCode": 201, "body": "made"}
    client = StageClient(document, functions={"f": lambda *_: made}, api_key=key)
    assert client.request("POST", "/things", json={"name": "a"}).status == 201
    refused = client.request("POST", "/things", json={})
    assert (refused.status, refused.json()) == (400, {"message": "Invalid request body"})
    assert client.request("POST", "/things", json={"name": "a"}, send_key=False).status == 403
