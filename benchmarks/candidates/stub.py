"""A store that costs nothing: it answers with the same items every time."""

from __future__ import annotations

from typing import Any

MOMENT = "2026-11-24T09:30:00.123456Z"
VERSION = "9b2d6f2c0f8e4c0d9b2d6f2c0f8e4c0d"
WRONG_ID = "bad0bad0-0bad-4bad-8bad-bad0bad0bad0"
"""The id of an item that no response may contain: its name is empty."""


def item(number: int) -> dict[str, Any]:
    return {
        "id": f"5f0c6a0e-6d6f-4d9c-9d54-{number:012}",
        "name": f"Item {number:06}",
        "description": "A comprehensive tutorial",
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "version": VERSION,
    }


class Stub:
    """Has the methods of `table.Table`."""

    def __init__(self) -> None:
        self._page = [item(number) for number in range(50)]
        self._wrong = {**item(0), "id": WRONG_ID, "name": ""}

    def put(self, item: dict[str, Any]) -> bool:
        return True

    def get(self, id: str) -> dict[str, Any] | None:
        return self._wrong if id == WRONG_ID else self._page[7]

    def page(self, limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
        return self._page, self._page[-1]["id"]
