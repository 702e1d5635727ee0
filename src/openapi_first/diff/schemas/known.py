"""What comparisons of schemas in one direction share, whatever the operation."""

from __future__ import annotations

from dataclasses import dataclass, field

from openapi_first.diff.schemas.containment import Containment
from openapi_first.diff.schemas.memo import Memo
from openapi_first.diff.schemas.sameness import Sameness
from openapi_first.diff.schemas.view_reader import view_of
from openapi_first.diff.schemas.views import Parts, View
from openapi_first.schemas.directions import Direction


@dataclass(frozen=True)
class Sides:
    """The OpenAPI versions of the two contracts, `3.0` or `3.1`."""

    old: str
    new: str


@dataclass(frozen=True)
class Known:
    """`assumed` has what the effect of a pair of schemas depends on (`SchemaComparison.compare`),
    by the key of the pair."""

    direction: Direction
    sides: Sides
    containment: Containment
    sameness: Sameness
    memo: Memo = field(default_factory=Memo)
    assumed: dict[object, frozenset[object]] = field(default_factory=dict)
    _views: dict[object, View] = field(default_factory=dict)

    @classmethod
    def of(cls, direction: Direction, sides: Sides) -> Known:
        """Nothing yet of two contracts."""
        containment = Containment(direction, sides.old, sides.new)
        return cls(direction, sides, containment, Sameness(sides.old, sides.new))

    def old(self, parts: Parts) -> View:
        """The view of a schema of the old contract."""
        return self._view(parts, self.sides.old)

    def new(self, parts: Parts) -> View:
        """The view of a schema of the new contract."""
        return self._view(parts, self.sides.new)

    def _view(self, parts: Parts, openapi: str) -> View:
        # An empty conjunction is the same on both sides.
        key = tuple(part.key for part in parts)
        if key not in self._views:
            self._views[key] = view_of(parts, self.direction, openapi)
        return self._views[key]
