"""Import documents in Swagger 2.0 as OpenAPI 3.0, which is what the stage reads.

API Gateway imports what Swagger's own schema refuses: operations without responses, responses
without a description. What is missing is filled in first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openapi_first.aws.extensions import ANY_METHOD
from openapi_first.aws.methods import METHODS
from openapi_first.core.json_pointer import escaped
from openapi_first.dialects.swagger.conversion import convert
from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.documents.node import Node
from openapi_first.documents.source import Source, SourceFiles

_OPERATIONS = (*(method.lower() for method in METHODS), ANY_METHOD)


def is_swagger(document: object) -> bool:
    """Whether a value is a Swagger 2.0 document."""
    return isinstance(document, dict) and str(document.get("swagger")) in ("2.0", "2")


def as_openapi_3(document: Mapping[str, Any], path: Path = Path("document")) -> dict[str, Any]:
    """The document with its extensions; one that is not Swagger 2.0 stays as it is.

    Raises ContractError, with JSON Pointers into the document, for what cannot be converted.
    """
    if not is_swagger(document):
        return dict(document)
    value = _completed(document)
    source = Source(path, b"", value, dict, SourceFiles())
    try:
        return convert(Node(source, value, "")).document
    except (AssertionError, AttributeError, KeyError, TypeError, ValueError) as error:
        # The conversion is for documents that Swagger's own schema accepts.
        detail = f"this is not Swagger 2.0, and cannot be converted: {error!r}"
        remedy = "Validate the document against Swagger's schema."
        raise ContractError([Diagnostic(str(path), None, "", detail, remedy)]) from None


def unknown_methods(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the conversion leaves out of path items of Swagger 2.0: names and JSON Pointers."""
    for path, item in _object(document.get("paths")).items() if is_swagger(document) else ():
        for key in _object(item):
            if key not in (*_OPERATIONS, "parameters", "$ref") and not str(key).startswith("x-"):
                yield str(key), f"/paths/{escaped(str(path))}/{escaped(str(key))}"


def _completed(document: Mapping[str, Any]) -> dict[str, Any]:
    found = {**document}
    found["paths"] = {
        path: _path_item(item) if isinstance(item, dict) and path.startswith("/") else item
        for path, item in _object(document.get("paths")).items()
        if item is not None
    }
    for key, complete in (("parameters", _parameter), ("responses", _response)):
        if isinstance(document.get(key), dict):
            found[key] = {name: complete(each) for name, each in document[key].items()}
    definitions = document.get("securityDefinitions")
    if isinstance(definitions, dict):
        found["securityDefinitions"] = {
            name: _scheme(each) for name, each in definitions.items() if isinstance(each, dict)
        }
    return found


def _path_item(item: Mapping[str, Any]) -> dict[str, Any]:
    found = {**item}
    if isinstance(item.get("parameters"), list):
        found["parameters"] = _parameters(item["parameters"])
    for method in _OPERATIONS:
        if isinstance(item.get(method), dict):
            found[method] = _operation(item[method])
    return found


def _operation(operation: Mapping[str, Any]) -> dict[str, Any]:
    found = {**operation}
    if "parameters" in operation:
        found["parameters"] = _parameters(operation["parameters"])
    found["responses"] = {
        str(status): _response(each) for status, each in _object(operation.get("responses")).items()
    }
    for key in ("consumes", "produces"):
        if key in operation and not isinstance(operation[key], list):
            found[key] = [operation[key]]
    return found


def _parameters(written: Any) -> list[Any]:
    return [_parameter(each) for each in written] if isinstance(written, list) else []


def _parameter(written: Any) -> Any:
    if not isinstance(written, dict) or "$ref" in written:
        return written
    if written.get("in") == "body":
        return {"name": "body", "schema": {}, **written}
    if "schema" in written and "type" not in written:
        schema = _object(written["schema"])
        kept = {key: value for key, value in written.items() if key != "schema"}
        return {"type": "string", **schema, **kept}
    return {"type": "string", **written}


def _response(written: Any) -> Any:
    if not isinstance(written, dict) or "$ref" in written:
        return written
    found = {"description": "", **written}
    if isinstance(written.get("headers"), dict):
        found["headers"] = {
            name: {"type": "string", **_object(each)} for name, each in written["headers"].items()
        }
    return found


def _scheme(written: Mapping[str, Any]) -> dict[str, Any]:
    if written.get("type") == "oauth2":
        return {"flow": "implicit", **written}
    return {"type": "apiKey", "name": "Authorization", "in": "header", **written}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
