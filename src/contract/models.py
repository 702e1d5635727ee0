"""API Gateway models: the contract's schemas in the dialect that the importer keeps.

Models are JSON Schema draft 4 with alphanumeric names (AWS: api-gateway-known-issues). What a
model cannot say is left to the Lambda, which validates everything.
"""

from __future__ import annotations

import re
from typing import Any

from contract.draft_4 import as_draft_4
from contract.node import Node
from contract.schemas import Direction, SchemaLowering, referenced

__all__ = ["Models"]

# `format` is documented and reported in contradiction; int32 and int64 are lowered to bounds.
_NOT_IN_MODELS = frozenset({"format"})


class Models:
    """Collects the models that methods name; `schemas` is `components.schemas` of the import.

    A schema that is not the same in both directions becomes two models, the second one's name
    ending in `Response`.
    """

    def __init__(self, openapi: str) -> None:
        self.schemas: dict[str, Any] = {}
        self._lowerings = {
            direction: SchemaLowering(direction, openapi, str) for direction in Direction
        }
        self._names: dict[tuple[str, bool], str] = {}

    def reference(self, node: Node, name: str, direction: Direction) -> dict[str, str]:
        """A reference to the model of the schema at `node`; an inline schema is named `name`."""
        lowered = {each: lowering.lower(node) for each, lowering in self._lowerings.items()}
        schema = lowered[direction]
        if isinstance(schema, dict) and set(schema) == {"$ref"}:
            model = self._model(_definition(schema["$ref"]), direction)
        else:
            model = self._free(name)
            self.schemas[model] = self._render(schema, direction)
        return {"$ref": f"#/components/schemas/{model}"}

    def _model(self, definition: str, direction: Direction) -> str:
        own = direction is Direction.RESPONSE and self._differs(definition)
        model = self._names.get((definition, own))
        if model is None:
            model = self._free(definition + ("Response" if own else ""))
            self._names[(definition, own)] = model
            self.schemas[model] = {}
            schema = self._lowerings[direction].definitions[definition]
            self.schemas[model] = self._render(schema, direction)
        return model

    def _differs(self, definition: str) -> bool:
        request, response = (
            self._lowerings[direction].definitions
            for direction in (Direction.REQUEST, Direction.RESPONSE)
        )
        names = {definition, *referenced(request[definition], request)}
        names |= set(referenced(response[definition], response))
        return any(request.get(name) != response.get(name) for name in names)

    def _free(self, wanted: str) -> str:
        base = re.sub(r"[^0-9A-Za-z]", "", wanted) or "Model"
        name, count = base, 1
        while name in self.schemas:
            count += 1
            name = f"{base}{count}"
        return name

    def _render(self, schema: Any, direction: Direction) -> Any:
        def reference(target: str) -> dict[str, str]:
            return {"$ref": f"#/components/schemas/{self._model(_definition(target), direction)}"}

        return as_draft_4(schema, reference, dropped=_NOT_IN_MODELS)


def _definition(reference: str) -> str:
    return reference.rpartition("/")[2]
