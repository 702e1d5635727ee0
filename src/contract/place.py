"""Where in a contract something is written, as reports say it."""

from __future__ import annotations

from dataclasses import dataclass

from contract.node import Node

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """A file, the line (from 1) where it is known, and a JSON Pointer."""

    file: str
    line: int | None
    pointer: str

    @classmethod
    def of(cls, node: Node) -> Place:
        """The place of a node."""
        return cls(str(node.source.path), node.source.line(node.pointer), node.pointer)

    @property
    def in_full(self) -> str:
        """The place with its pointer, whether the line is known or not."""
        return f"{self}#{self.pointer}" if self.line else str(self)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else f"{self.file}#{self.pointer}"
