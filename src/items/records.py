"""Items in Python, as DynamoDB attributes and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from items.versions import new_version

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from items import types


MAX_ITEM_BYTES = 400 * 1024
"""DynamoDB's limit for names and values of an item (developer guide, "Quotas", Item size)."""


def now() -> str:
    """RFC 3339 in UTC with `Z` and always six decimals, so that strings sort like times."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True, slots=True)
class Content:
    """The part of an item that the client sets. `None` is "not given"; "" is a value."""

    name: str
    description: str | None = None

    def surely_too_large(self) -> bool:
        """Whether the content by itself exceeds the limit; DynamoDB decides the close cases.

        This avoids requests of several megabytes, which DynamoDB may refuse with an error that does
        not mention the item's size.
        """
        characters = len(self.name) + len(self.description or "")
        # UTF-8 has at most four bytes per character, so small content need not be encoded.
        if characters * 4 <= MAX_ITEM_BYTES:
            return False
        size = len(self.name.encode()) + len((self.description or "").encode())
        return size > MAX_ITEM_BYTES


@dataclass(frozen=True, slots=True)
class Item:
    """A stored item. `version` and `request_hash` are never part of its JSON."""

    id: str
    content: Content
    created_at: str
    updated_at: str
    version: str
    request_hash: str | None = None

    @classmethod
    def new(cls, id: str, content: Content, request_hash: str | None) -> Item:
        moment = now()
        return cls(id, content, moment, moment, new_version(), request_hash)

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, Any]) -> Item:
        def text(name: str) -> str | None:
            value = attributes.get(name)
            return None if value is None else str(value["S"])

        return cls(
            id=attributes["id"]["S"],
            content=Content(attributes["name"]["S"], text("description")),
            created_at=attributes["created_at"]["S"],
            updated_at=attributes["updated_at"]["S"],
            version=attributes["version"]["S"],
            request_hash=text("request_hash"),
        )

    def as_attributes(self) -> dict[str, AttributeValueTypeDef]:
        values: dict[str, Any] = {**self.as_json(), "version": self.version}
        if self.request_hash is not None:
            values["request_hash"] = self.request_hash
        return {name: {"S": value} for name, value in values.items()}

    def as_json(self) -> types.Item:
        """The contract's schema `Item`, without `description` if none was given."""
        described: types.Item = {
            "id": self.id,
            "name": self.content.name,
            "description": self.content.description or "",
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }
        if self.content.description is None:
            del described["description"]
        return described
