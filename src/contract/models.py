"""API Gateway models: the contract's schemas in the dialect that the importer keeps.

Models are JSON Schema draft 4 with alphanumeric names (AWS: api-gateway-known-issues). What a
model cannot say is left to the Lambda, which validates everything.
"""

from __future__ import annotations

import re
from typing import Any

from contract.node import Node
from contract.schemas import Direction, SchemaLowering

__all__ = ["Models"]

# `format` is documented and reported in contradiction; int32 and int64 are lowered to bounds.
_NOT_IN_MODELS = frozenset({"format"})


class Models:
    """Collects the models that methods name; `schemas` is `components.schemas` of the import."""

    def __init__(self) -> None:
        self.schemas: dict[str, Any] = {}
        self._lowering = SchemaLowering(Direction.REQUEST)
        self._names: dict[str, str] = {}

    def reference(self, node: Node, name: str) -> dict[str, str]:
        """A reference to the model of the schema at `node`; an inline schema is named `name`."""
        lowered = self._lowering.lower(node)
        if set(lowered) == {"$ref"}:
            model = self._model(lowered["$ref"].rpartition("/")[2])
        else:
            model = self._free(name)
            self.schemas[model] = self._render(lowered)
        return {"$ref": f"#/components/schemas/{model}"}

    def _model(self, definition: str) -> str:
        model = self._names.get(definition)
        if model is None:
            model = self._names[definition] = self._free(definition)
            self.schemas[model] = {}
            self.schemas[model] = self._render(self._lowering.definitions[definition])
        return model

    def _free(self, wanted: str) -> str:
        base = re.sub(r"[^0-9A-Za-z]", "", wanted) or "Model"
        name, count = base, 1
        while name in self.schemas:
            count += 1
            name = f"{base}{count}"
        return name

    def _render(self, schema: Any) -> Any:
        if isinstance(schema, list):
            return [self._render(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            model = self._model(schema["$ref"].rpartition("/")[2])
            return {"$ref": f"#/components/schemas/{model}"}
        rendered = {}
        for key, value in schema.items():
            if key in _NOT_IN_MODELS:
                continue
            if key in ("properties",):
                rendered[key] = {name: self._render(child) for name, child in value.items()}
            elif key in ("enum", "required"):
                rendered[key] = value
            else:
                rendered[key] = self._render(value)
        return rendered
