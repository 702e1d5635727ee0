"""What API Gateway accepts beyond OpenAPI's own schema of a document."""

from __future__ import annotations

from typing import Any

from openapi_first.aws.extensions import ANY_METHOD, INTEGRATION

_NO_HEADER = {"properties": {"in": {"enum": ["path", "query", "cookie"]}}}
BRANCHES = (("required", ["$ref"]), ("required", [INTEGRATION]), ("not", _NO_HEADER))
"""The keywords of branches that are not meant by who does not match them."""

_DESCRIBED_TWICE = {"required": ["schema", "content"]}

_OF_SWAGGER = ("type", "format", "items", "collectionFormat", "default")
"""Members of a header in Swagger 2.0, which documents for API Gateway keep."""


def widened(shape: dict[str, Any]) -> dict[str, Any]:
    """OpenAPI's own schema of 3.0 or 3.1, with the operation for any method
    (AWS: swagger-extensions-any-method), and without the demand for the responses of an operation
    that has an integration and for the schema of a header."""
    if "definitions" in shape:
        parts = shape["definitions"]
        operation, item = parts["Operation"], parts["PathItem"]
        header, parameter = parts["Header"], parts["Parameter"]
        any_method = {"$ref": "#/definitions/Operation"}
        operation["anyOf"] = [
            {"required": operation.pop("required")},
            {"required": [INTEGRATION]},
        ]
        described = {"$ref": "#/definitions/SchemaXORContent"}
        header["allOf"].remove(described)
        parameter["allOf"].remove(described)
    else:
        parts = shape["$defs"]
        item, header, parameter = parts["path-item"], parts["header"], parts["parameter"]
        any_method = {"$ref": "#/$defs/operation"}
        described = {"oneOf": header.pop("oneOf")}
        parameter.pop("oneOf")
    header["not"] = parameter["not"] = _DESCRIBED_TWICE
    header["properties"].update({name: {} for name in _OF_SWAGGER})
    parameter["anyOf"] = [described, {"not": _NO_HEADER}]
    item["properties"][ANY_METHOD] = any_method
    return shape
