"""What the conversion makes: objects that know what they were made from, and losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from openapi_first.core.json_pointer import escaped
from openapi_first.dialects.part import Part


class Converted(dict[str, Any]):
    """An object of the OpenAPI document, and the part that it was made from."""

    def __init__(self, origin: Part, members: Mapping[str, Any]) -> None:
        super().__init__(members)
        self.origin = origin


@dataclass(frozen=True, slots=True)
class Loss:
    """What the conversion reads differently. `enforced` is False if a constraint of the Swagger
    document has no counterpart, so that nothing enforces it."""

    part: Part
    detail: str
    enforced: bool = True


@dataclass(frozen=True, slots=True)
class Complaint:
    """An error of the Swagger document."""

    part: Part
    detail: str
    remedy: str


@dataclass
class Losses:
    found: list[Loss] = field(default_factory=list)

    def note(self, part: Part, detail: str) -> None:
        self.found.append(Loss(part, detail))

    def unenforced(self, part: Part, detail: str) -> None:
        self.found.append(Loss(part, detail, enforced=False))

    def once(self) -> tuple[Loss, ...]:
        """Each loss once, however often its part is used."""
        return tuple({(each.part.identity, each.detail): each for each in self.found}.values())


def extensions(part: Part) -> dict[str, Any]:
    """The members whose names start with `x-`, which Swagger 2.0 and OpenAPI 3.0 treat alike."""
    return {key: value for key, value in part.value.items() if key.startswith("x-")}


def copied(part: Part, *keys: str) -> dict[str, Any]:
    """The members of these names, and the extensions."""
    return {key: value for key, value in part.value.items() if key in keys or key.startswith("x-")}


def flattened(value: Any, origins: dict[str, Part], pointer: str = "") -> Any:
    """A plain copy of a value; `origins` gets the origin of each converted object by its JSON
    Pointer."""
    if isinstance(value, Converted):
        origins[pointer] = value.origin
    if isinstance(value, dict):
        return {
            key: flattened(each, origins, f"{pointer}/{escaped(key)}")
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [flattened(each, origins, f"{pointer}/{index}") for index, each in enumerate(value)]
    return value
