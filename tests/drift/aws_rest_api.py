"""A REST API after an import, and its control plane on a real socket.

Import and export change what AWS records show that they change (AWS: api-gateway-known-issues,
api-gateway-export-api): models refer to each other by URL, only name, location and presence of
parameters remain, descriptions of responses are generated, methods require `api_key`, and variables
are replaced.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

API_ID, ACCOUNT, REGION = "a1b2c3d4e5", "123456789012", "eu-west-1"
_MODELS = f"https://apigateway.amazonaws.com/restapis/{API_ID}/models/"
_PREFIX = "x-amazon-apigateway-"
_TYPES = (
    *("ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR"),
    *("AUTHORIZER_FAILURE", "BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX"),
    *("DEFAULT_5XX", "EXPIRED_TOKEN", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"),
    *("INVALID_API_KEY", "INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED"),
    *("REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND", "THROTTLED", "UNAUTHORIZED"),
    *("UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED"),
)


@dataclass
class RestApi:
    """The API, in the shape in which the control plane returns it."""

    api: dict[str, Any]
    resources: list[dict[str, Any]]
    models: list[dict[str, Any]]
    validators: list[dict[str, Any]]
    authorizers: list[dict[str, Any]]
    gateway_responses: list[dict[str, Any]]

    def method(self, path: str, method: str) -> dict[str, Any]:
        found: dict[str, Any] = self.resource(path)["resourceMethods"][method]
        return found

    def resource(self, path: str) -> dict[str, Any]:
        return next(each for each in self.resources if each["path"] == path)

    def model(self, name: str) -> dict[str, Any]:
        return next(each for each in self.models if each["name"] == name)

    def gateway_response(self, name: str) -> dict[str, Any]:
        return next(each for each in self.gateway_responses if each["responseType"] == name)


def imported(document: dict[str, Any]) -> RestApi:
    """The API that `ImportRestApi` creates from a document."""
    text = json.dumps(document)
    for name, value in (("AccountId", ACCOUNT), ("Region", REGION), ("Partition", "aws")):
        text = text.replace(f"${{AWS::{name}}}", value)
    document = json.loads(text)
    schemes = document.get("components", {}).get("securitySchemes", {})
    validators = [
        {
            "id": f"v{index}",
            "name": name,
            "validateRequestBody": settings.get("validateRequestBody", False),
            "validateRequestParameters": settings.get("validateRequestParameters", False),
        }
        for index, (name, settings) in enumerate(
            document.get(f"{_PREFIX}request-validators", {}).items()
        )
    ]
    authorizers = [
        _authorizer(f"u{index}", name, scheme)
        for index, (name, scheme) in enumerate(schemes.items())
        if f"{_PREFIX}authorizer" in scheme
    ]
    info = document["info"]
    api = {
        "id": API_ID,
        "name": info["title"],
        "version": info["version"],
        "createdDate": 1700000000,
        "apiKeySource": document.get(f"{_PREFIX}api-key-source", "HEADER"),
        "endpointConfiguration": {"types": ["REGIONAL"], "ipAddressType": "ipv4"},
        "disableExecuteApiEndpoint": False,
        "rootResourceId": "r0",
    }
    if "description" in info:
        api["description"] = info["description"]
    if f"{_PREFIX}binary-media-types" in document:
        api["binaryMediaTypes"] = document[f"{_PREFIX}binary-media-types"]
    resources = [{"id": "r0", "path": "/"}]
    for index, (path, item) in enumerate(document["paths"].items(), 1):
        resource = resources[0] if path == "/" else {"id": f"r{index}", "path": path}
        resource["resourceMethods"] = {
            _name(method): _method(
                path, method, written, str(resource["id"]), document, validators, authorizers
            )
            for method, written in item.items()
        }
        if path != "/":
            resources.append(resource)
    return RestApi(
        api,
        resources,
        [_model(name, schema) for name, schema in document["components"]["schemas"].items()],
        validators,
        authorizers,
        [
            _gateway_response(name, document.get(f"{_PREFIX}gateway-responses", {}).get(name))
            for name in _TYPES
        ],
    )


def _name(method: str) -> str:
    return "ANY" if method.startswith("x-") else method.upper()


def _model(name: str, schema: Any) -> dict[str, Any]:
    text = json.dumps(schema).replace("#/components/schemas/", _MODELS)
    return {"id": f"m{name}", "name": name, "schema": text, "contentType": "application/json"}


def _gateway_response(name: str, written: dict[str, Any] | None) -> dict[str, Any]:
    stock = {"application/json": '{"message":$context.error.messageString}'}
    if written is None:
        return {
            "responseType": name,
            "responseParameters": {},
            "responseTemplates": stock,
            "defaultResponse": True,
        }
    return {
        "responseType": name,
        **({"statusCode": written["statusCode"]} if "statusCode" in written else {}),
        "responseParameters": written.get("responseParameters", {}),
        "responseTemplates": written.get("responseTemplates", stock),
        "defaultResponse": False,
    }


def _authorizer(identifier: str, name: str, scheme: dict[str, Any]) -> dict[str, Any]:
    written = dict(scheme[f"{_PREFIX}authorizer"])
    written["type"] = written["type"].upper()
    written.setdefault("authorizerResultTtlInSeconds", 300)
    if written["type"] != "REQUEST":
        written.setdefault("identitySource", f"method.request.header.{scheme['name']}")
    kind = scheme.get(f"{_PREFIX}authtype", "custom")
    return {"id": identifier, "name": name, "authType": kind, **written}


def _method(
    path: str,
    method: str,
    written: dict[str, Any],
    resource: str,
    document: dict[str, Any],
    validators: list[dict[str, Any]],
    authorizers: list[dict[str, Any]],
) -> dict[str, Any]:
    kinds = {"query": "querystring", "header": "header", "path": "path"}
    parameters = {
        f"method.request.{kinds[each['in']]}.{each['name']}": each.get("required", False)
        for each in written.get("parameters", [])
        if each["in"] in kinds
    }
    for segment in path.split("/"):
        if segment.startswith("{"):
            parameters[f"method.request.path.{segment.strip('{}+')}"] = True
    held: dict[str, Any] = {
        "httpMethod": _name(method),
        "authorizationType": "NONE",
        "apiKeyRequired": False,
        "methodResponses": {
            status: _method_response(status, response)
            for status, response in written.get("responses", {}).items()
        },
        "methodIntegration": _integration(written[f"{_PREFIX}integration"], resource),
    }
    if parameters:
        held["requestParameters"] = parameters
    if "operationId" in written:
        held["operationName"] = written["operationId"]
    models = _models(written.get("requestBody", {}))
    if models:
        held["requestModels"] = models
    chosen = written.get(f"{_PREFIX}request-validator", document.get(f"{_PREFIX}request-validator"))
    for validator in validators:
        if validator["name"] == chosen:
            held["requestValidatorId"] = validator["id"]
    for requirement in written.get("security", []):
        for name, scopes in requirement.items():
            authorizer = next((each for each in authorizers if each["name"] == name), None)
            if authorizer is None:
                held["apiKeyRequired"] = True
                continue
            cognito = authorizer["type"] == "COGNITO_USER_POOLS"
            held["authorizationType"] = authorizer["type"] if cognito else "CUSTOM"
            held["authorizerId"] = authorizer["id"]
            if scopes:
                held["authorizationScopes"] = scopes
    return held


def _models(owner: dict[str, Any]) -> dict[str, str]:
    return {
        media_type: entry["schema"]["$ref"].rpartition("/")[2]
        for media_type, entry in owner.get("content", {}).items()
        if "schema" in entry
    }


def _method_response(status: str, written: dict[str, Any]) -> dict[str, Any]:
    held: dict[str, Any] = {"statusCode": status}
    if written.get("headers"):
        held["responseParameters"] = {
            f"method.response.header.{name}": False for name in written["headers"]
        }
    if _models(written):
        held["responseModels"] = _models(written)
    return held


def _integration(written: dict[str, Any], resource: str) -> dict[str, Any]:
    held = {key: value for key, value in written.items() if key != "responses"}
    held["type"] = held["type"].upper()
    held["passthroughBehavior"] = held.get("passthroughBehavior", "when_no_match").upper()
    held.setdefault("timeoutInMillis", 29000)
    held["cacheNamespace"], held["cacheKeyParameters"] = resource, []
    if held["type"].startswith("HTTP"):
        held["connectionType"] = "INTERNET"
    responses = {}
    for pattern, each in written.get("responses", {}).items():
        responses[each["statusCode"]] = dict(each)
        if pattern != "default":
            responses[each["statusCode"]]["selectionPattern"] = pattern
    if responses:
        held["integrationResponses"] = responses
    return held


def exported(rest: RestApi, stage: str) -> dict[str, Any]:
    """The result of `GetExport`: OpenAPI 3.0 with all extensions."""
    paths = {
        resource["path"]: {
            f"{_PREFIX}any-method" if name == "ANY" else name.lower(): _exported(method, rest)
            for name, method in resource["resourceMethods"].items()
        }
        for resource in rest.resources
        if resource.get("resourceMethods")
    }
    used = json.dumps(paths)
    schemes: dict[str, Any] = {}
    if '"api_key"' in used:
        schemes["api_key"] = {"type": "apiKey", "name": "x-api-key", "in": "header"}
    if '"sigv4"' in used:
        schemes["sigv4"] = {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            f"{_PREFIX}authtype": "awsSigv4",
        }
    for each in rest.authorizers:
        name = each["identitySource"].rpartition(".")[2] if "identitySource" in each else "Unused"
        schemes[each["name"]] = {
            "type": "apiKey",
            "name": name,
            "in": "header",
            f"{_PREFIX}authtype": each["authType"],
            f"{_PREFIX}authorizer": {
                key: value.lower() if key == "type" else value
                for key, value in each.items()
                if key not in ("id", "name", "authType")
            },
        }
    document: dict[str, Any] = {
        "openapi": "3.0.1",
        "info": {
            "title": rest.api["name"],
            **({"description": rest.api["description"]} if "description" in rest.api else {}),
            "version": rest.api["version"],
        },
        "servers": [
            {
                "url": f"https://{API_ID}.execute-api.{REGION}.amazonaws.com/{{basePath}}",
                "variables": {"basePath": {"default": stage}},
            }
        ],
        "paths": paths,
        "components": {},
    }
    schemas = {
        each["name"]: json.loads(each["schema"].replace(_MODELS, "#/components/schemas/"))
        for each in rest.models
    }
    if schemas:
        document["components"]["schemas"] = schemas
    if schemes:
        document["components"]["securitySchemes"] = schemes
    own = {
        each["responseType"]: {
            key: value for key, value in each.items() if not key.endswith(("Type", "tResponse"))
        }
        for each in rest.gateway_responses
        if not each["defaultResponse"]
    }
    if own:
        document[f"{_PREFIX}gateway-responses"] = own
    if rest.validators:
        document[f"{_PREFIX}request-validators"] = {
            each["name"]: {
                key: each[key] for key in ("validateRequestParameters", "validateRequestBody")
            }
            for each in rest.validators
        }
    if rest.api.get("binaryMediaTypes"):
        document[f"{_PREFIX}binary-media-types"] = rest.api["binaryMediaTypes"]
    if rest.api.get("minimumCompressionSize") is not None:
        document[f"{_PREFIX}minimum-compression-size"] = rest.api["minimumCompressionSize"]
    if rest.api["apiKeySource"] != "HEADER":
        document[f"{_PREFIX}api-key-source"] = rest.api["apiKeySource"]
    if rest.api.get("policy"):
        document[f"{_PREFIX}policy"] = json.loads(rest.api["policy"].replace('\\"', '"'))
    return document


def _exported(method: dict[str, Any], rest: RestApi) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if "operationName" in method:
        written["operationId"] = method["operationName"]
    parameters = []
    for name, required in method.get("requestParameters", {}).items():
        _, _, place, own = name.split(".", 3)
        parameters.append(
            {
                "name": own,
                "in": "query" if place == "querystring" else place,
                **({"required": True} if required else {}),
                "schema": {"type": "string"},
            }
        )
    if parameters:
        written["parameters"] = parameters
    if "requestModels" in method:
        written["requestBody"] = {"content": _content(method["requestModels"]), "required": True}
    written["responses"] = {
        status: {
            "description": f"{status} response",
            **(
                {
                    "headers": {
                        name.rpartition(".")[2]: {"schema": {"type": "string"}}
                        for name in response["responseParameters"]
                    }
                }
                if "responseParameters" in response
                else {}
            ),
            "content": _content(response.get("responseModels", {})),
        }
        for status, response in method.get("methodResponses", {}).items()
    }
    security = [{"api_key": []}] if method["apiKeyRequired"] else []
    if method["authorizationType"] == "AWS_IAM":
        security.append({"sigv4": []})
    security.extend(
        {each["name"]: method.get("authorizationScopes", [])}
        for each in rest.authorizers
        if each["id"] == method.get("authorizerId")
    )
    if security:
        written["security"] = security
    for each in rest.validators:
        if each["id"] == method.get("requestValidatorId"):
            written[f"{_PREFIX}request-validator"] = each["name"]
    integration = {
        key: value
        for key, value in method["methodIntegration"].items()
        if key not in ("integrationResponses", "cacheNamespace", "cacheKeyParameters")
        and (key, value) not in (("timeoutInMillis", 29000), ("connectionType", "INTERNET"))
    }
    integration["type"] = integration["type"].lower()
    integration["passthroughBehavior"] = integration["passthroughBehavior"].lower()
    responses = {
        each.get("selectionPattern", "default"): {
            key: value for key, value in each.items() if key != "selectionPattern"
        }
        for each in method["methodIntegration"].get("integrationResponses", {}).values()
    }
    if responses:
        integration["responses"] = responses
    written[f"{_PREFIX}integration"] = integration
    return written


def _content(models: dict[str, str]) -> dict[str, Any]:
    return {
        media_type: {"schema": {"$ref": f"#/components/schemas/{name}"}}
        for media_type, name in models.items()
    }


@dataclass
class ControlPlaneServer:
    """The control plane for one API: what is `current`, and what each stage serves.

    `fail` may answer any call by its path: a status, an error type, and a message.
    """

    current: RestApi
    stages: dict[str, RestApi]
    fail: Callable[[str], tuple[int, str, str] | None] = lambda path: None
    page: int = 4
    calls: list[str] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[str]:
        """The endpoint's URL, while it answers."""
        plane = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # header and body in one packet
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                plane.calls.append(unquote(self.path))
                status, kind, answer = plane.answer(unquote(parts.path), query)
                body = json.dumps(answer).encode()
                self.send_response(status)
                if kind:
                    self.send_header("x-amzn-ErrorType", kind)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, str, Any]:
        """Status, error type and body."""
        failure = self.fail(path)
        if failure is not None:
            status, kind, message = failure
            return status, kind, {"message": message}
        _, _, api, *rest = path.split("/")
        if api != API_ID:
            return self._absent("Invalid API identifier specified 123456789012:" + api)
        if not rest:
            return 200, "", self.current.api
        if rest == ["stages"]:
            return 200, "", {"item": [{"stageName": name} for name in self.stages]}
        if rest[0] == "stages":
            assert query["extensions"] == "integrations,authorizers,apigateway"
            deployed = self.stages.get(rest[1])
            if deployed is None:
                return self._absent("Invalid stage identifier specified")
            return 200, "", exported(deployed, rest[1])
        lists = {
            "resources": self.current.resources,
            "models": self.current.models,
            "requestvalidators": self.current.validators,
            "authorizers": self.current.authorizers,
            "gatewayresponses": self.current.gateway_responses,
        }
        found: list[Any] = lists[rest[0]]
        if rest[0] == "resources":
            assert query["embed"] == "methods"
        start = int(query.get("position", "0"))
        page: dict[str, Any] = {"item": copy.deepcopy(found[start : start + self.page])}
        if start + self.page < len(found):
            page["position"] = str(start + self.page)
        return 200, "", page

    @staticmethod
    def _absent(message: str) -> tuple[int, str, Any]:
        return 404, "NotFoundException", {"message": message}
