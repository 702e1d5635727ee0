"""What the compiler tells the runtime: one `OperationPlan` for each operation, as plain data.

The compiled module holds these as literals, each inside a function of its own, so that importing
it builds none of them. Schemas are lowered JSON Schema; `definitions` names the shared schemas
that one of them reaches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FORMAT = 4
"""Raised whenever a compiled module of an older compiler no longer fits the runtime."""

DRAFT_4 = "draft-4"
"""The dialect that schemas of OpenAPI 3.0 are lowered to."""

DRAFT_2020_12 = "2020-12"
"""The dialect that schemas of OpenAPI 3.1 are lowered to."""


@dataclass(frozen=True, slots=True)
class SchemaPlan:
    """A lowered schema and the names of the definitions it reaches."""

    schema: Any
    definitions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextPlan:
    """What a text may become: the JSON types its schema names, in the order they are tried.

    `items` are the types of an array's items, `properties` those of an object's members, `others`
    those of members with other names, None where there may be none.
    """

    types: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ParameterPlan:
    """How one parameter, or one member of a form, is found, taken apart and turned into a value.

    `media_type` is set when it comes as a text of that type instead of in a style. `claimed` are
    the names an exploded object may not take, since they are those of other parameters. `integral`:
    a JSON number without a fractional part is an integer, however it is spelled.
    """

    name: str
    argument: str
    location: str
    required: bool
    style: str
    explode: bool
    text: TextPlan
    schema: SchemaPlan
    media_type: str | None = None
    allow_empty: bool = False
    has_default: bool = False
    default: Any = None
    claimed: tuple[str, ...] = ()
    integral: bool = False


@dataclass(frozen=True, slots=True)
class MediaTypePlan:
    """One media type (or range) of a body and the schema of its content, if it has one.

    For a form, `members` says how each is read, and `others` of what types those with other names
    are, None where there may be none.
    """

    media_type: str
    schema: SchemaPlan | None
    members: tuple[ParameterPlan, ...] = ()
    others: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class BodyPlan:
    """A request body: whether it must be there, and the media types it may come in; `integral` as
    for parameters."""

    required: bool
    content: tuple[MediaTypePlan, ...]
    integral: bool = False


@dataclass(frozen=True, slots=True)
class HeaderPlan:
    """A response header the contract declares."""

    name: str
    required: bool
    explode: bool
    text: TextPlan
    schema: SchemaPlan
    media_type: str | None = None


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
