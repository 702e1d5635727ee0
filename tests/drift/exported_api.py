"""The export of a REST API.

An export changes what AWS records show that it changes (AWS: api-gateway-export-api): descriptions
of responses are generated, and methods require `api_key`.
"""

from __future__ import annotations

import json
from typing import Any

from drift.imported_api import API_ID, MODELS, PREFIX, REGION, RestApi


def exported(rest: RestApi, stage: str) -> dict[str, Any]:
    """The result of `GetExport`: OpenAPI 3.0 with all extensions."""
    paths = {
        resource["path"]: {
            f"{PREFIX}any-method" if name == "ANY" else name.lower(): _exported(method, rest)
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
            f"{PREFIX}authtype": "awsSigv4",
        }
    for each in rest.authorizers:
        name = each["identitySource"].rpartition(".")[2] if "identitySource" in each else "Unused"
        schemes[each["name"]] = {
            "type": "apiKey",
            "name": name,
            "in": "header",
            f"{PREFIX}authtype": each["authType"],
            f"{PREFIX}authorizer": {
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
        each["name"]: json.loads(each["schema"].replace(MODELS, "#/components/schemas/"))
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
        document[f"{PREFIX}gateway-responses"] = own
    if rest.validators:
        document[f"{PREFIX}request-validators"] = {
            each["name"]: {
                key: each[key] for key in ("validateRequestParameters", "validateRequestBody")
            }
            for each in rest.validators
        }
    if rest.api.get("binaryMediaTypes"):
        document[f"{PREFIX}binary-media-types"] = rest.api["binaryMediaTypes"]
    if rest.api.get("minimumCompressionSize") is not None:
        document[f"{PREFIX}minimum-compression-size"] = rest.api["minimumCompressionSize"]
    if rest.api["apiKeySource"] != "HEADER":
        document[f"{PREFIX}api-key-source"] = rest.api["apiKeySource"]
    if rest.api.get("policy"):
        document[f"{PREFIX}policy"] = json.loads(rest.api["policy"].replace('\\"', '"'))
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
            written[f"{PREFIX}request-validator"] = each["name"]
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
    written[f"{PREFIX}integration"] = integration
    return written


def _content(models: dict[str, str]) -> dict[str, Any]:
    return {
        media_type: {"schema": {"$ref": f"#/components/schemas/{name}"}}
        for media_type, name in models.items()
    }
