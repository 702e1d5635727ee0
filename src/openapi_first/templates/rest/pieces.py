"""The resources that each REST API consists of, with their properties resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from openapi_first.templates.intrinsics.stack import Resource, Stack

REST_API = "AWS::ApiGateway::RestApi"
DEPLOYMENT = "AWS::ApiGateway::Deployment"
STAGE = "AWS::ApiGateway::Stage"
_PIECES = (
    *("AWS::ApiGateway::Authorizer", DEPLOYMENT, "AWS::ApiGateway::GatewayResponse"),
    *("AWS::ApiGateway::Method", "AWS::ApiGateway::Model", "AWS::ApiGateway::RequestValidator"),
    *("AWS::ApiGateway::Resource", STAGE),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A resource; `id` is what `Ref` returns for it."""

    resource: Resource
    id: str
    properties: Mapping[str, Any]

    def text(self, name: str, default: str = "") -> str:
        value = self.properties.get(name)
        return default if value is None else str(value)

    def object(self, name: str) -> dict[str, Any]:
        return as_object(self.properties.get(name))

    def array(self, name: str) -> list[Any]:
        return as_array(self.properties.get(name))

    def pointer(self, name: str) -> str:
        return f"{self.resource.properties_pointer}/{name}"


@dataclass(frozen=True, slots=True)
class RestApi:
    """A REST API and its pieces, by type without `AWS::ApiGateway::`."""

    piece: Piece
    pieces: Mapping[str, list[Piece]] = field(default_factory=dict)

    def of(self, kind: str) -> list[Piece]:
        return self.pieces.get(f"AWS::ApiGateway::{kind}", [])


def piece_of(stack: Stack, resource: Resource) -> Piece:
    return Piece(resource, stack.ref(resource), stack.properties(resource))


def rest_apis(stack: Stack) -> Iterator[RestApi]:
    """Every REST API of a stack. A piece of an API that is not in the stack is noted."""
    found: dict[str, RestApi] = {}
    for resource in stack.of_type(REST_API):
        piece = piece_of(stack, resource)
        found[piece.id] = RestApi(piece, {})
    for resource in stack.of_type(*_PIECES):
        piece = piece_of(stack, resource)
        api = found.get(piece.text("RestApiId"))
        if api is None:
            stack.problems.note(
                resource.pointer,
                f"{resource.logical_id} ({resource.type}) belongs to no REST API of this template",
            )
        else:
            assert isinstance(api.pieces, dict)
            api.pieces.setdefault(resource.type, []).append(piece)
    yield from found.values()


def as_object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_array(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def as_boolean(value: Any) -> bool:
    """A boolean, which a parameter makes a string of."""
    return value is True or str(value).lower() == "true"
