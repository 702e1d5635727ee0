"""Items that a program in another language, an import or a console leaves in the table."""

from __future__ import annotations

from typing import Any

from items.records import Content, Item

MALFORMED: dict[str, dict[str, Any]] = {
    "name missing": {"name": None},
    "name NULL": {"name": {"NULL": True}},
    "name a number": {"name": {"N": "7"}},
    "name binary": {"name": {"B": b"name"}},
    "name empty": {"name": {"S": ""}},
    "name too long": {"name": {"S": "a" * 256}},
    "name a list": {"name": {"L": []}},
    "description NULL": {"description": {"NULL": True}},
    "description a number": {"description": {"N": "7"}},
    "description a map": {"description": {"M": {}}},
    "created_at missing": {"created_at": None},
    "created_at a number": {"created_at": {"N": "1790000000"}},
    "created_at empty": {"created_at": {"S": ""}},
    "created_at no date": {"created_at": {"S": "2026-02-30T00:00:00Z"}},
    "created_at without a zone": {"created_at": {"S": "2026-02-03T00:00:00"}},
    "updated_at missing": {"updated_at": None},
    "updated_at a date": {"updated_at": {"S": "2026-02-03"}},
    "version missing": {"version": None},
    "version a number": {"version": {"N": "1"}},
    "version empty": {"version": {"S": ""}},
    "version with a quote": {"version": {"S": 'a"b'}},
    "only an id": dict.fromkeys(("name", "created_at", "updated_at", "version")),
}


def malformed(kind: str, id: str) -> dict[str, Any]:
    """The attributes of an item of a kind of `MALFORMED`."""
    attributes: dict[str, Any] = dict(Item.new(id, Content("name"), None).as_attributes())
    changed = attributes | MALFORMED[kind]
    return {name: value for name, value in changed.items() if value is not None}
