"""What the compiler tells the runtime: one `OperationPlan` for each operation, as plain data.

The compiled module holds these as literals, each inside a function of its own, so that importing
it builds none of them. Schemas are lowered JSON Schema; `definitions` names the shared schemas
that one of them reaches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = [
    "FORMAT",
    "BodyPlan",
    "HeaderPlan",
    "MediaTypePlan",
    "OperationPlan",
    "ParameterPlan",
    "ResponsePlan",
    "SchemaPlan",
]

FORMAT = 1
"""Raised whenever a compiled module of an older compiler no longer fits the runtime."""


@dataclass(frozen=True, slots=True)
class SchemaPlan:
    """A lowered schema and the names of the definitions it reaches."""

    schema: Any
    definitions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParameterPlan:
    """How one parameter is found, taken apart and turned into a value.

    `types` are the JSON types its text may become, in the order they are tried; `item_types`
    those of an array's items. `delimiter` separates the items inside one value, None where each
    item is a value of its own (`explode`).
    """

    name: str
    argument: str
    location: str
    required: bool
    types: tuple[str, ...]
    schema: SchemaPlan
    item_types: tuple[str, ...] = ()
    delimiter: str | None = None
    has_default: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class MediaTypePlan:
    """One media type (or range) of a body and the schema of its content, if it has one."""

    media_type: str
    schema: SchemaPlan | None


@dataclass(frozen=True, slots=True)
class BodyPlan:
    """A request body: whether it must be there, and the media types it may come in."""

    required: bool
    content: tuple[MediaTypePlan, ...]


@dataclass(frozen=True, slots=True)
class HeaderPlan:
    """A response header the contract declares."""

    name: str
    required: bool
    types: tuple[str, ...]
    schema: SchemaPlan


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """One declared response; `status` is "200", "4XX" or "default"."""

    status: str
    headers: tuple[HeaderPlan, ...]
    content: tuple[MediaTypePlan, ...]


@dataclass(frozen=True, slots=True)
class OperationPlan:
    """All the runtime needs to serve one operation; `pointer` says where the contract has it."""

    operation_id: str
    function: str
    method: str
    path: str
    pointer: str
    success: int
    parameters: tuple[ParameterPlan, ...]
    body: BodyPlan | None
    responses: tuple[ResponsePlan, ...]
