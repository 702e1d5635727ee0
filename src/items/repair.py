"""Items that another program wrote into the table: where they are, and how an update repairs them.

A client repairs an item by replacing its content. What the client does not send, the service makes:
the canonical id, and a time of creation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from items.calls import TableCalls
from items.failures import ConditionFailed, VersionMismatch
from items.records import Content, Item, canonical, is_moment
from items.versions import Condition


def possible_keys(id: str) -> tuple[str, ...]:
    """Where an item with this id can be: only one that another program wrote is elsewhere than at
    the canonical form."""
    return (id,) if id == canonical(id) else (canonical(id), id)


def repaired(table: TableCalls, attributes: Mapping[str, Any], content: Content) -> Item:
    """The item of an update, with its canonical id and a valid time of creation.

    `attributes` are the item's after the update. Attributes that the service does not know stay.
    Raises VersionMismatch if another write was faster.
    """
    key, version = attributes["id"]["S"], attributes["version"]["S"]
    updated_at = attributes["updated_at"]["S"]
    is_valid = is_moment(attributes, "created_at")
    created_at = attributes["created_at"]["S"] if is_valid else updated_at
    item = Item(canonical(key), content, created_at, updated_at, version)
    try:
        table.put({**attributes, **item.as_attributes()}, _absent_or_at(version))
    except ConditionFailed:
        raise VersionMismatch(key) from None
    if key != item.id:
        table.delete(key)
    return item


def _absent_or_at(version: str) -> Condition:
    return Condition(
        "attribute_not_exists(#id) OR #version = :version",
        {"#id": "id", "#version": "version"},
        {":version": {"S": version}},
    )
