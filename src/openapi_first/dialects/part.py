"""A value of a document, as this package reads it: `openapi_first.documents.node.Node` is one."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Protocol


class Part(Protocol):
    """A value and where it was written. References can be followed, also into other files."""

    @property
    def value(self) -> Any: ...

    @property
    def pointer(self) -> str: ...

    @property
    def identity(self) -> Hashable: ...

    def get(self, key: str | int, /) -> Part | None: ...

    def child(self, key: str | int, /) -> Part | None: ...

    def items(self) -> Iterator[tuple[str, Part]]: ...

    def elements(self) -> Iterator[Part]: ...

    def resolve(self, reference: str, /) -> Part: ...

    def followed(self) -> Part: ...
