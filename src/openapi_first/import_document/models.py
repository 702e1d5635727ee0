"""API Gateway models: the contract's schemas in the dialect that the importer keeps.

Models are JSON Schema draft 4 with alphanumeric names (AWS: api-gateway-known-issues). What a
model cannot say is left to the Lambda, which validates everything.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from openapi_first.import_document.model_renderer import Draft4
from openapi_first.openapi.model import Contract
from openapi_first.openapi.node import Node
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import SchemaLowering, referenced


class Models:
    """Collects the models that methods name; `schemas` is `components.schemas` of the import.

    A schema that is not the same in both directions becomes two models, the second one's name
    ending in `Response`. A name that is alphanumeric stays; another loses its other characters and
    ends in a digest of what it was, so that no schema's model is named after what else there is.
    `said` has the keywords of requests that the models say as the contract does: the place of the
    schema, and the keyword.
    """

    def __init__(self, contract: Contract) -> None:
        self.schemas: dict[str, Any] = {}
        self.said: set[tuple[object, str]] = set()
        self.lowerings = {
            direction: SchemaLowering(direction, contract.openapi, str) for direction in Direction
        }
        self._renderings = {
            direction: self._rendering(direction, integral=contract.openapi == "3.1")
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
        """A name for what has none in the contract; it gives way to one that has."""
        name = _alphanumeric(wanted)
        return self._free(f"{name}{_digest(wanted)}" if name in self._taken else name)

    def _free(self, base: str) -> str:
        name, count = base, 1
        while name in self.schemas:
            count += 1
            name = f"{base}{count}"
        return name

    def _render(self, schema: Any, direction: Direction) -> Any:
        return self._renderings[direction].render(schema)

    def _rendering(self, direction: Direction, *, integral: bool) -> Draft4:
        lowering = self.lowerings[direction]

        def reference(definition: str) -> dict[str, str]:
            return {"$ref": f"#/components/schemas/{self._model(definition, direction)}"}

        def said(part: dict[str, Any], keyword: str) -> None:
            _, node = lowering.origins.get(id(part), (None, None))
            if node is not None:
                self.said.add((node.place, keyword))

        return Draft4(lowering.definitions, reference, said, integral)


def _alphanumeric(wanted: str) -> str:
    name = re.sub(r"[^0-9A-Za-z]", "", wanted)
    return name if name == wanted else f"{name}{_digest(wanted)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]
