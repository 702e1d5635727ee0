"""API Gateway models for the contract's schemas.

Models are JSON Schema draft 4 with alphanumeric names (AWS: api-gateway-known-issues). What a model
cannot express, only the Lambda validates.
"""

from __future__ import annotations

import hashlib
from typing import Any

from openapi_first.aws.names import MODEL_NAME
from openapi_first.import_document.model_renderer import ModelRenderer
from openapi_first.openapi.model import Contract
from openapi_first.openapi.node import Node
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import SchemaLowering, referenced


class Models:
    """Collects the models of methods; `schemas` is `components.schemas` of the import document.

    A schema that differs by direction becomes two models; the name of the second one ends in
    `Response`. Alphanumeric names stay. Other names lose the other characters and get a digest of
    the original name, so that a model's name does not depend on other schemas. `exact_keywords` has
    the keywords that models enforce exactly: the identity of the schema's node, and the keyword.
    """

    def __init__(self, contract: Contract) -> None:
        self.schemas: dict[str, Any] = {}
        self.exact_keywords: set[tuple[object, str]] = set()
        self.lowerings = {
            direction: SchemaLowering(direction, contract.openapi, str) for direction in Direction
        }
        self._renderers = {
            direction: self._renderer(direction, integral=contract.openapi == "3.1")
            for direction in Direction
        }
        components = contract.root.value.get("components", {}).get("schemas", {})
        self._taken = frozenset(components)
        self._names: dict[tuple[str, bool], str] = {}

    def reference(self, node: Node, name: str, direction: Direction) -> dict[str, str]:
        """A reference to the model of the schema at `node`; an inline schema is named `name`."""
        lowered = {each: lowering.lower(node) for each, lowering in self.lowerings.items()}
        schema = lowered[direction]
        if isinstance(schema, dict) and set(schema) == {"$ref"}:
            model = self._model(schema["$ref"].rpartition("/")[2], direction)
        else:
            model = self._derived(name)
            self.schemas[model] = {}
            self.schemas[model] = self._render(schema, direction)
        return {"$ref": f"#/components/schemas/{model}"}

    def _model(self, definition: str, direction: Direction) -> str:
        own = direction is Direction.RESPONSE and self._differs(definition)
        model = self._names.get((definition, own))
        if model is None:
            name = self.lowerings[direction].written_name(definition)
            if own:
                model = self._derived(_alphanumeric(name) + "Response")
            else:
                model = self._free(_alphanumeric(name))
            self._names[(definition, own)] = model
            self.schemas[model] = {}
            schema = self.lowerings[direction].definitions[definition]
            self.schemas[model] = self._render(schema, direction)
        return model

    def _differs(self, definition: str) -> bool:
        request, response = (
            self.lowerings[direction].definitions
            for direction in (Direction.REQUEST, Direction.RESPONSE)
        )
        names = {definition, *referenced(request[definition], request)}
        names |= set(referenced(response[definition], response))
        return any(request.get(name) != response.get(name) for name in names)

    def _derived(self, wanted: str) -> str:
        """A name for a schema without one in the contract, different from the contract's names."""
        name = _alphanumeric(wanted)
        return self._free(f"{name}{_digest(wanted)}" if name in self._taken else name)

    def _free(self, base: str) -> str:
        name, count = base, 1
        while name in self.schemas:
            count += 1
            name = f"{base}{count}"
        return name

    def _render(self, schema: Any, direction: Direction) -> Any:
        return self._renderers[direction].render(schema)

    def _renderer(self, direction: Direction, *, integral: bool) -> ModelRenderer:
        lowering = self.lowerings[direction]

        def reference(definition: str) -> dict[str, str]:
            return {"$ref": f"#/components/schemas/{self._model(definition, direction)}"}

        def on_exact(part: dict[str, Any], keyword: str) -> None:
            node = lowering.node_of(part)
            if node is not None:
                self.exact_keywords.add((node.identity, keyword))

        return ModelRenderer(lowering.definitions, reference, on_exact, integral)


def _alphanumeric(wanted: str) -> str:
    name = "".join(filter(MODEL_NAME.fullmatch, wanted))
    return name if name == wanted else f"{name}{_digest(wanted)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]
