"""Reading an OpenAPI 3.0 import document into a `RestApi` (AWS: api-gateway-import-api).

Only what the import of a REST API uses is read: `servers` and path-level `parameters` have no
effect, as on AWS (known issues).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from openapi_first.aws import extensions
from openapi_first.aws.methods import ANY, METHODS
from openapi_first.aws.names import API_KEY_SOURCES, MODEL_NAME, PARAMETER_NAME
from openapi_first.aws.quotas import PAYLOAD_BYTES
from openapi_first.stage.api.extensions import read_gateway_responses, read_validators
from openapi_first.stage.api.integrations import read_integration
from openapi_first.stage.api.nodes import Node, Problems
from openapi_first.stage.api.policies import is_private, read_resource_policy
from openapi_first.stage.api.quotas import quota_warnings
from openapi_first.stage.api.rest_api import (
    KeySource,
    Method,
    RequestParameter,
    RestApi,
    StageDocumentError,
    Validator,
)
from openapi_first.stage.api.routing import tree_problems
from openapi_first.stage.api.security import read_security
from openapi_first.stage.models.models import Model, check_schema, draft_4_errors
from openapi_first.stage.models.schema_import import import_schema

_IMPORTED_OF_PARAMETER = frozenset(
    {"type", "description", "title", "example", "default", "deprecated"}
)
_LOCATIONS: Mapping[str, Any] = {"header": "header", "path": "path", "query": "querystring"}


def read_document(document: Mapping[str, Any]) -> RestApi:
    """The API that a document describes. Raises StageDocumentError with every problem."""
    return _Reader(document).read()


class _Reader:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.problems = Problems()
        self.warnings: list[str] = []
        self.root = Node(document, "", self.problems)
        self.schemas: dict[str, Any] = {}
        self.known: frozenset[str] = frozenset()
        self.validators: Mapping[str, Validator] = {}

    def read(self) -> RestApi:
        version = str(self.root.get("openapi").value)
        if not re.fullmatch(r"3\.0(\.\d+)?", version):
            self.root.get("openapi").report(f"{version!r} cannot be imported; only 3.0.x can")
        self._read_schemas()
        self.validators = read_validators(self.root)
        methods = tuple(self._methods())
        for path, problem in tree_problems({method.resource for method in methods}):
            self.root.get("paths").get(path).report(problem)
        responses = read_gateway_responses(self.root, self.warnings)
        binary = tuple(self._binary_media_types())
        self.warnings += quota_warnings(self.root, {method.resource for method in methods})
        policy = read_resource_policy(self.root)
        key_source, minimum = self._key_source(), self._minimum_compression_size()
        if self.problems.found:
            raise StageDocumentError(self.problems.found)
        text = json.dumps(self.root.value, sort_keys=True, default=str)
        return RestApi(
            title=self.root.get("info").get("title").text(),
            methods=methods,
            gateway_responses=responses,
            binary_media_types=binary,
            policy=policy,
            private=is_private(self.root, self.warnings),
            key_source=key_source,
            minimum_compression_size=minimum,
            digest=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
            warnings=tuple(dict.fromkeys(self.warnings)),
        )

    def _binary_media_types(self) -> Iterator[str]:
        for node in self.root.get(extensions.BINARY_MEDIA_TYPES).elements():
            kind = node.text()
            if kind.startswith("*/") and kind != "*/*":
                # AWS: lambda-proxy-binary-media.
                self.warnings.append(f"#{node.pointer}: {kind} matches nothing")
            else:
                yield kind

    def _minimum_compression_size(self) -> int | None:
        """AWS: api-gateway-openapi-minimum-compression-size."""
        node = self.root.get(extensions.MINIMUM_COMPRESSION_SIZE)
        size = node.value
        if size is None:
            return None
        whole = isinstance(size, int) and not isinstance(size, bool)
        if not whole or not 0 <= size <= PAYLOAD_BYTES.limit:
            node.report(f"must be a whole number from 0 to {PAYLOAD_BYTES.limit}")
            return None
        return int(size)

    def _key_source(self) -> KeySource:
        node = self.root.get(extensions.API_KEY_SOURCE)
        source = node.text(API_KEY_SOURCES[0]).upper()
        if source not in API_KEY_SOURCES:
            node.report(f"must be {' or '.join(API_KEY_SOURCES)}")
        return "AUTHORIZER" if source == "AUTHORIZER" else "HEADER"

    def _read_schemas(self) -> None:
        components = self.root.get("components").get("schemas")
        self.known = frozenset(_names(components))
        for name, node in components.items():
            if not MODEL_NAME.fullmatch(name):
                node.report("the name of a model must be alphanumeric")
            self.schemas[name] = self._schema(node)

    def _schema(self, node: Node) -> Any:
        def report(below: str, message: str) -> None:
            self.problems.add(node.pointer + below, message)

        def warn(pointer: str, reason: str) -> None:
            self.warnings.append(f"#{pointer}: {reason}")

        if node.get(extensions.JSON_SCHEMA).value is True:
            schema = {
                key: each for key, each in node.value.items() if key != extensions.JSON_SCHEMA
            }
        else:
            schema = import_schema(node.value, node.pointer, warn)
        check_schema(schema, report, self.known)
        if not isinstance(schema, dict):
            node.report("a schema must be an object")
            return {}
        for below, reason in draft_4_errors(schema):
            report(below, f"not a JSON Schema of draft 4: {reason}")
        return schema

    def _methods(self) -> list[Method]:
        found: list[Method] = []
        paths = self.root.get("paths")
        if not isinstance(paths.value, dict):
            paths.report("must be an object")
        for template, item in paths.items() if isinstance(paths.value, dict) else ():
            if not template.startswith("/"):
                item.report("a path must begin with /")
                continue
            if item.get("parameters").value:
                self.warnings.append(
                    f"#{item.pointer}/parameters: path-level parameters are ignored"
                )
            for key, name in (
                *((each.lower(), each) for each in METHODS),
                (extensions.ANY_METHOD, ANY),
            ):
                if item.has(key):
                    found.append(self._method(template, name, item.get(key)))
            if item.has("trace"):
                item.get("trace").report("API Gateway has no TRACE method")
        return found

    def _method(self, template: str, name: str, operation: Node) -> Method:
        body = operation.get("requestBody").resolved(self.root)
        self._warn_of_primitives(operation.get("responses"))
        return Method(
            # The resources of API Gateway are a tree: a path has no empty last part. Policies and
            # plans name `/a` for `/a/` (aws/serverless-application-model#665).
            resource=template.removesuffix("/") or "/",
            http_method=name,
            integration=read_integration(operation, self.root, self.warnings),
            operation_name=operation.get("operationId").text() or None,
            required=self._required(operation),
            models=self._models(body),
            body_required=body.get("required").flag(),
            validator=self._validator(operation),
            security=read_security(operation, self.root, self.warnings),
        )

    def _required(self, operation: Node) -> tuple[RequestParameter, ...]:
        required: list[RequestParameter] = []
        for element in operation.get("parameters").elements():
            parameter = element.resolved(self.root)
            location = _LOCATIONS.get(parameter.get("in").text())
            if location is None:
                self.warnings.append(
                    f"#{element.pointer}: only header, path and query parameters are imported"
                )
                continue
            name = parameter.get("name").text()
            if not PARAMETER_NAME.fullmatch(name):
                element.report(f"{name!r} cannot be the name of a request parameter")
            self._warn_of_constraints(parameter)
            if parameter.get("required").flag():
                required.append(RequestParameter(location, name))
        return tuple(required)

    def _warn_of_constraints(self, parameter: Node) -> None:
        """AWS: known issues, on input parameters."""
        ignored = [key for key in ("style", "explode", "content") if parameter.has(key)]
        schema = parameter.get("schema")
        keywords = schema.value if isinstance(schema.value, dict) else {}
        ignored += [f"schema/{key}" for key in keywords if key not in _IMPORTED_OF_PARAMETER]
        for key in ignored:
            self.warnings.append(f"#{parameter.pointer}/{key}: ignored in a parameter")

    def _warn_of_primitives(self, responses: Node) -> None:
        """AWS: known issues, on method responses."""
        for response in responses.values():
            for content in response.resolved(self.root).get("content").values():
                kind = content.get("schema").get("type")
                if kind.value in ("string", "number", "integer", "boolean"):
                    self.warnings.append(
                        f"#{content.pointer}/schema: a response's schema must be an object, or a "
                        "$ref"
                    )

    def _models(self, body: Node) -> dict[str, Model]:
        models: dict[str, Model] = {}
        for kind, content in body.get("content").items():
            if content.has("schema"):
                models[kind] = Model(self._schema(content.get("schema")), self.schemas)
        return models

    def _validator(self, operation: Node) -> Validator:
        key = extensions.REQUEST_VALIDATOR
        node = operation.get(key) if operation.has(key) else self.root.get(key)
        name = node.text()
        if name and name not in self.validators:
            node.report(f"the validator {name!r} is not in {extensions.REQUEST_VALIDATORS}")
        return self.validators.get(name, Validator())


def _names(components: Node) -> Iterator[str]:
    """The schemas of components, and the definitions in those that are models themselves."""
    for name, node in components.items():
        yield name
        if node.get(extensions.JSON_SCHEMA).value is True:
            yield from (f"{name}/definitions/{each}" for each, _ in node.get("definitions").items())
