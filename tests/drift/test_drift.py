"""`contract drift` finds what was changed on AWS, and nothing that AWS itself changes."""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drift.control_plane_server import ControlPlaneServer
from drift.exported_api import exported
from drift.imported_api import ACCOUNT, API_ID, REGION, RestApi, imported
from openapi_first.cli.main import main
from openapi_first.drift.comparison import Drift, State, compare_deployed, compare_export
from openapi_first.drift.control_plane import ControlPlane
from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load

ROOT = Path(__file__).parents[2]
PREFIX = "x-amazon-apigateway-"
ITEM, LIST = "/paths/~1items~1{id}", "/paths/~1items"
INTEGRATION = f"{PREFIX}integration"


def set_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    set_credentials(monkeypatch)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The import document of the contract, and what other contracts may have beside."""
    made = import_document(load(ROOT / "openapi.yaml"))
    made[f"{PREFIX}binary-media-types"] = ["image/png", "application/pdf"]
    made[f"{PREFIX}request-validators"]["parameters"] = {"validateRequestParameters": True}
    made["components"]["securitySchemes"]["staff"] = {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        f"{PREFIX}authtype": "custom",
        f"{PREFIX}authorizer": {
            "type": "token",
            "authorizerUri": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:f",
            "identityValidationExpression": "^Bearer .+",
        },
    }
    delete = made["paths"]["/items/{id}"]["delete"]
    delete["security"] = [{"apiKey": []}, {"staff": ["items.write"]}]
    delete[f"{PREFIX}request-validator"] = "parameters"
    delete["parameters"].append({"name": "session", "in": "cookie", "schema": {"type": "string"}})
    return made


Look = Callable[[dict[str, Any], RestApi, RestApi], Drift]


@pytest.fixture(scope="module")
def look() -> Iterator[Look]:
    """The verdict on what a control plane answers over its socket."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        set_credentials(monkeypatch)
        server = ControlPlaneServer(imported(SMALL), {})
        with server.running() as url:
            monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", url)
            plane = ControlPlane(region=REGION)

            def looked_at(document: dict[str, Any], current: RestApi, stage: RestApi) -> Drift:
                server.current, server.stages = current, {"prod": stage}
                return compare_deployed(document, plane.deployed(API_ID, "prod"))

            yield looked_at


def test_what_was_imported_and_deployed_is_in_sync(document: dict[str, Any], look: Look) -> None:
    drift = look(document, imported(document), imported(document))
    assert (drift.differences, drift.state) == ((), State.IN_SYNC)


Change = Callable[[RestApi], None]


def on_method(path: str, method: str, *keys: str, to: Any) -> Change:
    """Sets, or with None removes, a value of a method."""

    def change(rest: RestApi) -> None:
        value = rest.method(path, method)
        for key in keys[:-1]:
            value = value[key]
        if to is None:
            del value[keys[-1]]
        else:
            value[keys[-1]] = to

    return change


def on_model(name: str, *keys: Any, to: Any) -> Change:
    def change(rest: RestApi) -> None:
        schema = json.loads(rest.model(name)["schema"])
        value = schema
        for key in keys[:-1]:
            value = value[key]
        if to is None:
            del value[keys[-1]]
        else:
            value[keys[-1]] = to
        rest.model(name)["schema"] = json.dumps(schema)

    return change


def on_gateway_response(name: str, to: dict[str, Any]) -> Change:
    return lambda rest: rest.gateway_response(name).update({**to, "defaultResponse": False})


def on_api(key: str, to: Any) -> Change:
    return lambda rest: rest.api.__setitem__(key, to)


def on_authorizer(key: str, to: Any) -> Change:
    return lambda rest: rest.authorizers[0].__setitem__(key, to)


def on_validator(name: str, key: str, to: bool) -> Change:
    def change(rest: RestApi) -> None:
        next(each for each in rest.validators if each["name"] == name)[key] = to

    return change


def reset_gateway_response(name: str) -> Change:
    """As `delete-gateway-response` does."""

    def change(rest: RestApi) -> None:
        stock = {"application/json": '{"message":$context.error.messageString}'}
        rest.gateway_response(name).clear()
        rest.gateway_responses.append(
            {"responseType": name, "responseTemplates": stock, "defaultResponse": True}
        )
        rest.gateway_responses = [each for each in rest.gateway_responses if each]

    return change


def without_method(path: str, method: str) -> Change:
    return lambda rest: rest.resource(path)["resourceMethods"].pop(method)


def with_method(path: str, method: str, like: str) -> Change:
    def change(rest: RestApi) -> None:
        rest.resource(path)["resourceMethods"][method] = copy.deepcopy(rest.method(path, like))

    return change


def without_resource(path: str) -> Change:
    def change(rest: RestApi) -> None:
        rest.resources = [each for each in rest.resources if each["path"] != path]

    return change


def with_resource(path: str) -> Change:
    def change(rest: RestApi) -> None:
        methods = {"GET": copy.deepcopy(rest.method("/items", "GET"))}
        rest.resources.append({"id": "added", "path": path, "resourceMethods": methods})

    return change


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
    "key not asked for": (
        on_method("/items", "GET", "apiKeyRequired", to=False),
        f"{LIST}/get/security",
    ),
    "key asked for in a preflight": (
        on_method("/items", "OPTIONS", "apiKeyRequired", to=True),
        f"{LIST}/options/security",
    ),
    "signature asked for": (
        on_method("/items", "GET", "authorizationType", to="AWS_IAM"),
        f"{LIST}/get/security",
    ),
    "authorizer taken away": (
        on_method("/items/{id}", "DELETE", "authorizerId", to=None),
        f"{ITEM}/delete/security",
    ),
    "authorizer put on": (
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
    "validator taken away": (
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
    # An authorizer that nothing asks for, a model that nothing reaches, go with who asked for it.
    assert len(alike) <= 2 or name in ("resource removed", "integration's type"), alike
    change(stage)
    both = look(document, current, stage)
    assert pointer in {difference.pointer for difference in both.differences}
    assert both.state is State.EDITED
    stale = look(document, imported(document), stage)
    assert pointer in {difference.pointer for difference in stale.differences}
    assert stale.state is State.STALE


def test_a_contract_that_was_not_imported_yet_is_no_edit(
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


def shuffled(value: Any, seed: int) -> Any:
    generator = random.Random(seed)

    def turn(part: Any) -> Any:
        if isinstance(part, dict):
            names = list(part)
            generator.shuffle(names)
            return {name: turn(part[name]) for name in names}
        return [turn(item) for item in part] if isinstance(part, list) else part

    return turn(value)


def reversed_list(name: str) -> Change:
    return lambda rest: getattr(rest, name).reverse()


def with_model(name: str) -> Change:
    model = {"id": name, "name": name, "schema": '{"type": "object"}'}
    return lambda rest: rest.models.append(model)


def described(rest: RestApi) -> None:
    rest.api["description"] = "Another."
    rest.api["tags"] = {"team": "items"}
    for each in rest.models:
        schema = json.loads(each["schema"])
        each["schema"] = json.dumps({**schema, "description": "D", "title": "T"}, indent=2)


def with_proxy_responses(rest: RestApi) -> None:
    """As the console makes them."""
    integration = rest.method("/items", "GET")["methodIntegration"]
    integration["integrationResponses"] = {"200": {"statusCode": "200"}}


def unordered(rest: RestApi) -> None:
    for each in rest.models:
        schema = json.loads(each["schema"])
        if "required" in schema:
            schema["required"].reverse()
        each["schema"] = json.dumps(shuffled(schema, 1))


def shuffle_all(rest: RestApi) -> None:
    rest.resources = shuffled(rest.resources, 2)
    rest.resources.reverse()


HARMLESS: dict[str, Change] = {
    "order of models": reversed_list("models"),
    "order of resources": reversed_list("resources"),
    "order of validators": reversed_list("validators"),
    "order of gateway responses": reversed_list("gateway_responses"),
    "order within methods": shuffle_all,
    "order within schemas": unordered,
    "order of media types": lambda rest: rest.api["binaryMediaTypes"].reverse(),
    "models that nothing reaches": with_model("Empty"),
    "descriptions and tags": described,
    "responses of a proxy": with_proxy_responses,
    "cache namespace": on_method("/items", "GET", "methodIntegration", "cacheNamespace", to="x"),
    "connection": on_method("/items", "GET", "methodIntegration", "connectionType", to="INTERNET"),
    "buffered": on_method(
        "/items", "GET", "methodIntegration", "responseTransferMode", to="BUFFERED"
    ),
    "title": on_api("name", "items-prod"),
    "numbers": on_model("ItemInput", "properties", "name", "maxLength", to=255.0),
    "a gateway response as it is anyway": on_gateway_response(
        "REQUEST_TOO_LARGE", {"statusCode": "413"}
    ),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_aws_loses_or_orders_otherwise_is_no_drift(
    name: str, document: dict[str, Any], look: Look
) -> None:
    current, stage = imported(document), imported(document)
    HARMLESS[name](current)
    assert look(document, current, stage).differences == ()
    HARMLESS[name](stage)
    assert look(document, current, stage).differences == ()


def test_an_export_that_is_silent_on_gateway_responses_is_taken_at_its_word(
    document: dict[str, Any],
) -> None:
    """Some exports leave them out; the API as it is now says them."""
    export = exported(imported(document), "prod")
    del export[f"{PREFIX}gateway-responses"]
    assert compare_export(document, export).differences == ()


# What API Gateway's own export looks like: a small API, written after AWS's records of exports.
SMALL: dict[str, Any] = {
    "openapi": "3.0.1",
    "info": {"title": "Pets", "version": "1.0", "description": "Pets."},
    f"{PREFIX}request-validators": {
        "basic": {"validateRequestBody": True, "validateRequestParameters": True}
    },
    f"{PREFIX}request-validator": "basic",
    "paths": {
        "/pets/{petId}": {
            "post": {
                "operationId": "makePet",
                "description": "Lost on the way.",
                "tags": ["pets"],
                "parameters": [
                    {
                        "name": "petId",
                        "in": "path",
                        "required": True,
                        "description": "Lost.",
                        "schema": {"type": "string"},
                    },
                    {"name": "page", "in": "query", "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
                    }
                },
                "responses": {
                    "200": {
                        "description": "Lost.",
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
                        },
                    },
                    "404": {"description": "Lost."},
                },
                "security": [{"key": []}],
                INTEGRATION: {
                    "type": "http",
                    "httpMethod": "POST",
                    "uri": "http://example.com/pets",
                    "responses": {"default": {"statusCode": "200"}},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Pet": {
                "type": "object",
                "properties": {"next": {"$ref": "#/components/schemas/Pet"}},
            }
        },
        "securitySchemes": {"key": {"type": "apiKey", "name": "x-api-key", "in": "header"}},
    },
}
SMALL_EXPORT: dict[str, Any] = {
    "openapi": "3.0.1",
    "info": {"title": "Pets", "description": "Pets.", "version": "1.0"},
    "servers": [
        {
            "url": f"https://{API_ID}.execute-api.{REGION}.amazonaws.com/{{basePath}}",
            "variables": {"basePath": {"default": "local"}},
        }
    ],
    "paths": {
        "/pets/{petId}": {
            "post": {
                "operationId": "makePet",
                "parameters": [
                    {"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "page", "in": "query", "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
                    },
                    "required": True,
                },
                "responses": {
                    "200": {
                        "description": "200 response",
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
                        },
                    },
                    "404": {"description": "404 response", "content": {}},
                },
                "security": [{"api_key": []}],
                f"{PREFIX}request-validator": "basic",
                INTEGRATION: {
                    "type": "http",
                    "httpMethod": "POST",
                    "uri": "http://example.com/pets",
                    "responses": {"default": {"statusCode": "200"}},
                    "passthroughBehavior": "when_no_match",
                },
            }
        }
    },
    "components": {
        "schemas": SMALL["components"]["schemas"],
        "securitySchemes": {"api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"}},
    },
    f"{PREFIX}request-validators": SMALL[f"{PREFIX}request-validators"],
}


def test_the_exporter_of_these_tests_writes_what_aws_writes() -> None:
    assert exported(imported(SMALL), "local") == SMALL_EXPORT
    assert compare_export(SMALL, SMALL_EXPORT).differences == ()


# The command.


@pytest.fixture(scope="module")
def deployed() -> RestApi:
    return imported(import_document(load(ROOT / "openapi.yaml")))


def drift_command(*arguments: str) -> list[str]:
    contract = str(ROOT / "openapi.yaml")
    return ["drift", contract, "--rest-api-id", API_ID, "--region", REGION, *arguments]


def test_the_command_says_in_sync_and_reads_alone(
    deployed: RestApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plane = ControlPlaneServer(deployed, {"prod": deployed})
    with plane.running() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", url)
        assert main(drift_command("--stage", "prod")) == 0
    assert capsys.readouterr().out == (f"stage prod of REST API {API_ID} in {REGION}: in sync\n")
    assert any("position=" in call for call in plane.calls), "reads all pages"


def test_the_command_says_what_was_edited_and_how_to_mend_it(
    deployed: RestApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = copy.deepcopy(deployed)
    edited.method("/items", "GET")["methodIntegration"]["timeoutInMillis"] = 5000
    with ControlPlaneServer(edited, {"prod": deployed}).running() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", url)
        assert main(drift_command("--stage", "prod")) == 1
        text = capsys.readouterr().out
        assert main(drift_command("--stage", "prod", "--format", "json")) == 1
        told = json.loads(capsys.readouterr().out)
    assert f"edited by hand: #{LIST}/get/{INTEGRATION}/timeoutInMillis" in text
    assert "contract  29000" in text
    assert "API now   5000" in text
    assert "`make deploy`" in text
    assert told["state"] == "edited by hand"
    (difference,) = told["differences"]
    assert (difference["contract"], difference["api"], difference["stage"]) == (29000, 5000, 29000)


def test_the_command_tells_a_stale_deployment(
    deployed: RestApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = copy.deepcopy(deployed)
    del stale.resource("/items/{id}")["resourceMethods"]["PUT"]
    with ControlPlaneServer(deployed, {"prod": stale}).running() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", url)
        assert main(drift_command("--stage", "prod")) == 1
    text = capsys.readouterr().out
    assert "stale deployment" in text
    assert f"create-deployment --rest-api-id {API_ID} --stage-name prod" in text


def test_a_saved_export_needs_no_aws(
    deployed: RestApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(exported(deployed, "prod")))
    contract = str(ROOT / "openapi.yaml")
    assert main(["drift", contract, "--export", str(path)]) == 0
    edited = copy.deepcopy(deployed)
    edited.method("/items", "GET")["apiKeyRequired"] = False
    path.write_text(json.dumps(exported(edited, "prod")))
    assert main(["drift", contract, "--export", str(path)]) == 1
    assert f"#{LIST}/get/security (apiKey)" in capsys.readouterr().out
    for text in ("[]", "openapi: 3.0.1", '{"paths": {"/a": 5}}', '{"paths": {}, "components": []}'):
        capsys.readouterr()
        path.write_text(text)
        assert main(["drift", contract, "--export", str(path)]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    told = capsys.readouterr()
    assert not told.out
    (line,) = told.err.splitlines()
    return line


def test_an_api_or_a_stage_that_is_not_there_is_one_line(
    deployed: RestApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ControlPlaneServer(deployed, {"prod": deployed, "dev": deployed}).running() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", url)
        assert main(drift_command("--stage", "prd")) == 2
        assert "has no stage prd; it has dev, prod" in one_line(capsys)
        assert main([*drift_command("--stage", "prod"), "--rest-api-id", "zzz"]) == 2
        assert f"there is no REST API zzz in {REGION}" in one_line(capsys)


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        ((429, "TooManyRequestsException", "Too Many Requests"), "try again in a minute"),
        ((403, "AccessDeniedException", "User: x is not authorized"), "not authorized"),
        ((400, "BadRequestException", "JSON body models are not found"), "JSON body models"),
    ],
)
def test_a_refusal_is_one_line(
    failure: tuple[int, str, str],
    told: str,
    deployed: RestApi,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plane = ControlPlaneServer(
        deployed, {"prod": deployed}, fail=lambda path: failure if "exports" in path else None
    )
    with plane.running() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", url)
        assert main(drift_command("--stage", "prod")) == 2
    assert told in one_line(capsys)


def test_missing_credentials_region_or_profile_are_one_line(
    deployed: RestApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = str(ROOT / "openapi.yaml")
    assert main(["drift", contract, "--rest-api-id", API_ID, "--stage", "prod"]) == 2
    assert "region" in one_line(capsys)
    assert main(drift_command("--stage", "prod", "--profile", "none")) == 2
    assert "none" in one_line(capsys)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with ControlPlaneServer(deployed, {"prod": deployed}).running() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", url)
        assert main(drift_command("--stage", "prod")) == 2
    assert "credentials" in one_line(capsys)


def test_an_endpoint_that_does_not_answer_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", "http://127.0.0.1:9")
    assert main(drift_command("--stage", "prod")) == 2
    assert "127.0.0.1:9" in one_line(capsys)


@pytest.mark.parametrize(
    "arguments",
    [[], ["--stage", "prod"], ["--rest-api-id", "x"], ["--export", "x", "--stage", "prod"]],
)
def test_wrong_use_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["drift", *arguments])
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err
