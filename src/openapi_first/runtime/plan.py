"""The data that the compiler writes for the runtime: one `OperationPlan` for each operation.

The compiled module has them as literals, each in its own function, so that importing it builds
none of them. Schemas are lowered JSON Schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FORMAT = 7
"""Increased when the runtime no longer supports the modules of an older compiler."""

ANY = "ANY"
"""The method of an operation that serves every method without another operation."""

DRAFT_4 = "draft-4"
"""The dialect of lowered schemas of OpenAPI 3.0."""

DRAFT_2020_12 = "2020-12"
"""The dialect of lowered schemas of OpenAPI 3.1."""


@dataclass(frozen=True, slots=True)
class SchemaPlan:
    """A lowered schema and the names of the definitions that it refers to, also indirectly."""

    schema: Any
    definitions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextPlan:
    """The JSON types that a string may be converted to, in the order in which they are tried.

    `items` are the types of an array's items, `properties` those of an object's members, `others`
    those of other members, or None when the schema does not allow any.
    """

    types: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class NestedText:
    """The JSON types of the strings at one place of a value in the style `deepObject`.

    `items`, `properties` and `others` (other members) are the places within it, as indexes into
    `ParameterPlan.nested`; None where the schema says nothing. Recursive schemas share places.
    """

    types: tuple[str, ...] = ()
    items: int | None = None
    properties: Mapping[str, int] = field(default_factory=dict)
    others: int | None = None


@dataclass(frozen=True, slots=True)
class ParameterPlan:
    """How a parameter or a member of a form is found, parsed and converted.

    `media_type` is set when it has a media type instead of a style. `claimed` are the names that
    do not belong to it, since other parameters have them. `integral`: a JSON number without a
    fractional part is an integer, even `1.0`. `nested` is set for the style `deepObject`; its first
    place is the whole value.
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
    nested: tuple[NestedText, ...] = ()


@dataclass(frozen=True, slots=True)
class MediaTypePlan:
    """One media type, or range, of a body, and its schema if it has one.

    For a form, `members` are the plans of its members, and `others` the types of other members, or
    None when the schema does not allow any.
    """

    media_type: str
    schema: SchemaPlan | None
    members: tuple[ParameterPlan, ...] = ()
    others: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class BodyPlan:
    """A request body; `integral` as for parameters."""

    required: bool
    content: tuple[MediaTypePlan, ...]
    integral: bool = False


@dataclass(frozen=True, slots=True)
class HeaderPlan:
    name: str
    required: bool
    explode: bool
    text: TextPlan
    schema: SchemaPlan
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class ProblemPlan:
    """The body of a problem where the contract declares the status: a template of
    `openapi_first.core.problem_templates`, None for problem details, and its media type."""

    media_type: str
    template: Any = None


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """A declared response; `status` is "200", "4XX" or "default". `problem` is None for a success,
    and where no body of the engine matches the schemas. `added` are the headers that the engine
    adds if the response does not have them."""

    status: str
    headers: tuple[HeaderPlan, ...]
    content: tuple[MediaTypePlan, ...]
    problem: ProblemPlan | None = None
    added: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TemplatePlan:
    """A path of the contract, and the variables of its resource at API Gateway.

    Each has its name, a regular expression for its reversed value, and the names of the contract's
    variables, which are the groups from the last to the first. Without an expression, the value is
    that of the only name.
    """

    path: str
    variables: tuple[tuple[str, str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class OperationPlan:
    """An operation as the runtime serves it; `pointer` is its place in the contract. `added` are
    the headers that the engine adds to responses with a status that is not declared."""

    operation_id: str
    function: str
    method: str
    path: str
    pointer: str
    success: int
    parameters: tuple[ParameterPlan, ...]
    body: BodyPlan | None
    responses: tuple[ResponsePlan, ...]
    added: Mapping[str, str] = field(default_factory=dict)
