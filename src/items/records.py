"""Items in Python, as DynamoDB attributes and as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from items.failures import MalformedItem
from items.versions import is_version, new_version

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from items import types


# RFC 3339 §5.6, without what Python cannot read: a leap second, a year 0. Python reads more: +10:75
# and, from 3.14 on, the hour 24.
_HOUR = r"([01]\d|2[0-3])"
_MOMENT = re.compile(
    rf"\d{{4}}-\d\d-\d\dT{_HOUR}:\d\d:\d\d(\.\d+)?(Z|[+-]{_HOUR}:[0-5]\d)", re.ASCII
)
# As `str(uuid.UUID)` writes it, which takes eight times as long to compare.
_CANONICAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST_NAME = 255

MAX_ITEM_BYTES = 400 * 1024
"""DynamoDB's limit for names and values of an item (developer guide, "Quotas", Item size)."""


def now() -> str:
    """RFC 3339 in UTC with `Z` and always six decimals, so that strings sort like times."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(id: str) -> str:
    """The one form of a UUID that is stored; RFC 9562 §4 reads upper case as well."""
    return id.lower()


def is_canonical(key: str) -> bool:
    return _CANONICAL.fullmatch(key) is not None


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
        """The item that `as_attributes` wrote. Raises MalformedItem with every complaint."""
        # An attribute of another type than string is None. A missing one is "", which only a
        # description may be.
        strings = {name: value.get("S") for name, value in attributes.items()}
        complaints = [
            f"{name} is {'not ' + meaning if name in attributes else 'missing'}"
            for name, is_valid, meaning in _CHECKED
            if (value := strings.get(name, "")) is None or not is_valid(value)
        ]
        if complaints:
            raise MalformedItem(strings.get("id") or "", complaints)
        return cls(
            strings["id"],
            Content(strings["name"], strings.get("description")),
            strings["created_at"],
            strings["updated_at"],
            strings["version"],
            strings.get("request_hash"),
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


def is_moment(attributes: Mapping[str, Any], name: str) -> bool:
    """Whether the attribute is a date and time that the contract allows."""
    value = _string(attributes, name)
    return value is not None and _is_moment(value)


def _string(attributes: Mapping[str, Any], name: str) -> str | None:
    """The attribute if it is a string; every other type of DynamoDB's is None."""
    value: str | None = attributes.get(name, {}).get("S")
    return value


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_name(value: str) -> bool:
    return 1 <= len(value) <= _LONGEST_NAME and _is_unicode(value)


def _is_moment(value: str) -> bool:
    if _MOMENT.fullmatch(value) is None:
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


_CHECKED: Sequence[tuple[str, Callable[[str], bool], str]] = (
    ("id", is_canonical, "a UUID in lower case"),
    ("name", _is_name, "a string of 1 to 255 characters"),
    ("description", _is_unicode, "a string"),
    ("created_at", _is_moment, "an RFC 3339 date and time"),
    ("updated_at", _is_moment, "an RFC 3339 date and time"),
    ("version", is_version, "a version of this service"),
)
"""The attributes of an item, what they have to be, and that in words."""
