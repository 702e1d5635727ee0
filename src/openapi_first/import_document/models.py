"""API Gateway models for the contract's schemas.

Models are JSON Schema draft 4 with alphanumeric names (AWS: api-gateway-known-issues). What a model
cannot express, only the Lambda validates.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from openapi_first.aws.names import MODEL_NAME
from openapi_first.documents.node import Node
from openapi_first.import_document.model_renderer import ModelRenderer
from openapi_first.openapi.model import Contract
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import SchemaLowering, lowerings

_Keyword: TypeAlias = tuple[object, str]


class Models:
    """Collects the models of methods; `schemas` is `components.schemas` of the import document.

    A schema that differs by direction becomes two models; the name of the second one ends in
    `Response`. Alphanumeric names stay. Other names lose the other characters and get a digest of
    the original name, so that a model's name does not depend on other schemas.

    `lowered` are the contract's lowerings, if others share them.
    """

    def __init__(
        self, contract: Contract, lowered: Mapping[Direction, SchemaLowering] | None = None
    ) -> None:
        self.schemas: dict[str, Any] = {}
        self.all_fit = True
        """Whether the import document has room for all of them."""
        self._lowerings = lowered or lowerings(contract.openapi, str)
        self._renderers = {
            direction: self._renderer(direction, integral=contract.openapi == "3.1")
            for direction in Direction
        }
        components = contract.root.value.get("components", {}).get("schemas", {})
        self._taken = frozenset(components)
        self._names: dict[tuple[object, frozenset[str], bool], str] = {}
        self._rendering: list[str] = []
        self._exact: dict[str, set[_Keyword]] = {}
        self._references: dict[str, set[str]] = {}
        self._of_requests: set[str] = set()
        self._made: dict[tuple[object, Direction], str] = {}
        self._left_out: Collection[tuple[Direction, str]] = frozenset()

    def reference(self, node: Node, name: str, direction: Direction) -> dict[str, str]:
        """A reference to the model of the schema at `node`; an inline schema is named `name`."""
        schema = self._lowerings[direction].lower(node)
        if isinstance(schema, dict) and set(schema) == {"$ref"}:
            model = self._model(schema["$ref"].rpartition("/")[2], direction)
        else:
            model = self._derived(name)
            self._render(model, schema, direction)
        if direction is Direction.REQUEST:
            self._of_requests.add(model)
        self._made[(node.identity, direction)] = model
        return {"$ref": f"#/components/schemas/{model}"}

    def exact_in_requests(self) -> frozenset[_Keyword]:
        """The keywords that the models of request bodies enforce exactly: the identity of the
        schema's node, and the keyword. Of a schema that requests and responses share, these are the
        same, whichever of the two was rendered."""
        reached = self.reached(*self._of_requests)
        return frozenset().union(*(self._exact[model] for model in reached))

    def reached(self, *models: str) -> frozenset[str]:
        """The models and those that they refer to, also indirectly."""
        queue, reached = list(models), set(models)
        while queue:
            more = self._references[queue.pop()] - reached
            reached |= more
            queue.extend(more)
        return frozenset(reached)

    def leave_out(self, uses: Collection[tuple[Direction, str]], models: Collection[str]) -> None:
        """Removes the `models`, which only methods of these `uses` need."""
        self.all_fit = False
        self._left_out = frozenset(uses)
        self._of_requests -= {name for direction, name in uses if direction is Direction.REQUEST}
        for name in models:
            del self.schemas[name]

    def left_out(self, node: Node, direction: Direction) -> str | None:
        """The name of the model that the schema at `node` would have, if it is left out."""
        name = self._made.get((node.identity, direction))
        return name if name is not None and (direction, name) in self._left_out else None

    def _model(self, definition: str, direction: Direction) -> str:
        lowering = self._lowerings[direction]
        own = direction is Direction.RESPONSE and lowering.differs_by_direction(definition)
        target, excluded = lowering.target(definition)
        key = (target.identity, excluded, own)
        model = self._names.get(key)
        if model is None:
            name = _alphanumeric(_written_name(target))
            suffix = "Response" if own else "Request" if excluded else ""
            model = self._derived(name + suffix) if suffix else self._free(name)
            self._names[key] = model
            self._render(model, lowering.definitions[definition], direction)
        return model

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

    def _render(self, model: str, schema: Any, direction: Direction) -> None:
        self.schemas[model] = {}
        self._exact[model], self._references[model] = set(), set()
        self._rendering.append(model)
        self.schemas[model] = self._renderers[direction].render(schema)
        self._rendering.pop()

    def _renderer(self, direction: Direction, *, integral: bool) -> ModelRenderer:
        lowering = self._lowerings[direction]

        def reference(definition: str) -> dict[str, str]:
            model = self._model(definition, direction)
            self._references[self._rendering[-1]].add(model)
            return {"$ref": f"#/components/schemas/{model}"}

        def on_exact(part: dict[str, Any], keyword: str) -> None:
            node = lowering.node_of(part)
            if node is not None:
                self._exact[self._rendering[-1]].add((node.identity, keyword))

        def written(part: dict[str, Any], keyword: str) -> Any:
            node = lowering.node_of(part)
            return part[keyword] if node is None else node.value[keyword]

        return ModelRenderer(lowering.definitions, reference, on_exact, written, integral)


def _written_name(node: Node) -> str:
    """The name of a schema among the components, or its pointer, or the name of its file."""
    name = node.pointer.removeprefix("/components/schemas/")
    return name or re.sub(r"\W+", "_", node.source.path.stem, flags=re.ASCII)


def _alphanumeric(wanted: str) -> str:
    name = "".join(filter(MODEL_NAME.fullmatch, wanted))
    return name if name == wanted else f"{name}{_digest(wanted)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]
