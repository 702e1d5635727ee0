"""A small API as an import document and as API Gateway exports it, after AWS's own exports."""

from __future__ import annotations

from typing import Any

from drift.imported_api import API_ID, REGION

PREFIX = "x-amazon-apigateway-"
INTEGRATION = f"{PREFIX}integration"

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
