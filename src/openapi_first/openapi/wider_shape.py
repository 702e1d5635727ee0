"""What is accepted beyond OpenAPI's own schema of a document.

For API Gateway: OpenAPI has no operation for any method, and demands responses and the schemas of
headers. And what the text of the specification allows and its schema does not.
"""

from __future__ import annotations

import copy
from typing import Any

from openapi_first.aws.extensions import ANY_METHOD, INTEGRATION
from openapi_first.openapi.model import METHODS

_NO_HEADER = {"properties": {"in": {"enum": ["path", "query", "querystring", "cookie"]}}}
BRANCHES = (("required", ["$ref"]), ("required", [INTEGRATION]), ("not", _NO_HEADER))
"""The keywords of branches that are not meant by who does not match them."""

_DESCRIBED_TWICE = {"required": ["schema", "content"]}

_OF_SWAGGER = ("type", "format", "items", "collectionFormat", "default")
"""Members of a header in Swagger 2.0, which documents for API Gateway keep."""


def widened(shape: dict[str, Any]) -> dict[str, Any]:
    """The schema of a version's documents, with the operation for any method
    (AWS: swagger-extensions-any-method), and without the demand for the responses of an operation
    that has an integration and for the schema of a header; and with links as the text describes
    them."""
    if "$defs" in shape:
        parts = shape["$defs"]
        item, any_method = parts["path-item"], {"$ref": "#/$defs/operation"}
        described = {"oneOf": parts["header"].pop("oneOf")}
        del parts["parameter"]["oneOf"]
        _describe(parts["header"], parts["parameter"], described)
        _correct_link(parts["link"]["properties"])
    else:
        parts = shape["definitions"]
        name = "Operation" if "Operation" in parts else "operation"  # of Swagger 2.0
        item = parts.get("PathItem") or parts["pathItem"]
        any_method = {"$ref": f"#/definitions/{name}"}
        demanded = {"required": parts[name].pop("required")}
        parts[name]["anyOf"] = [demanded, {"required": [INTEGRATION]}]
        described = {"$ref": "#/definitions/SchemaXORContent"}
        if "SchemaXORContent" in parts:
            parts["Header"]["allOf"].remove(described)
            parts["Parameter"]["allOf"].remove(described)
            _describe(parts["Header"], parts["Parameter"], described)
    item["properties"][ANY_METHOD] = any_method
    return shape


def _describe(header: dict[str, Any], parameter: dict[str, Any], described: Any) -> None:
    header["not"] = parameter["not"] = _DESCRIBED_TWICE
    header["properties"].update({name: {} for name in _OF_SWAGGER})
    parameter["anyOf"] = [described, {"not": _NO_HEADER}]


def _correct_link(link: dict[str, Any]) -> None:
    """The parameters of a link may be any constant, and its server is `server` (OpenAPI 3.1.0
    §4.8.20.1); the schema of 3.1 demands strings, and calls the server `body`."""
    link["parameters"] = {"type": "object"}
    if "server" not in link:
        link["server"] = link.pop("body")


def narrowed(document: dict[str, Any]) -> dict[str, Any]:
    """A copy of a document that matched the wider schema, for tools that know only OpenAPI's own:
    without operations that have no responses, and with a schema for each header."""
    document = copy.deepcopy(document)
    components = document.get("components") or {}
    items = [item for item in document.get("paths", {}).values() if isinstance(item, dict)]
    operations = []
    for item in items:
        for key in METHODS:
            if key in item and "responses" not in item[key] and "$ref" not in item[key]:
                del item[key]
        operations += [item[key] for key in METHODS if key in item]
    responses = list(components.get("responses", {}).values())
    parameters = list(components.get("parameters", {}).values())
    for owner in (*items, *operations):
        parameters += owner.get("parameters", [])
        responses += owner.get("responses", {}).values()
    headers = [each for each in parameters if each.get("in") == "header"]
    headers += components.get("headers", {}).values()
    for response in responses:
        headers += response.get("headers", {}).values() if isinstance(response, dict) else ()
    for header in headers:
        if not {"$ref", "schema", "content"} & header.keys():
            for name in _OF_SWAGGER:
                header.pop(name, None)
            header["schema"] = {"type": "string"}
    return document
