"""The sample service on the engine. With `BENCH_STORE=stub` its store costs nothing."""

from __future__ import annotations

import os

from openapi_first.runtime.lifecycle.garbage import defer_collection

defer_collection()  # as the image's bootstrap does

from items import connection  # noqa: E402 # see above

if os.environ.get("BENCH_STORE") == "stub":
    from benchmarks.candidates.stub import Stub
    from items.records import Content, Item
    from items.scans import Page

    class _Stub:
        """Has the methods of `items.store.ItemStore` that are measured."""

        def __init__(self) -> None:
            self._stub = Stub()
            items, following = self._stub.page(50, None)
            self._page = Page(tuple(_item(each) for each in items), following)
            self._get = _item(self._stub.get("") or {})

        def create(self, content: Content, once: object) -> Item:
            return Item.new(str(uuid4()), content, None)

        def get(self, id: str) -> Item:
            wrong = self._stub.get(id)
            return _item(wrong) if wrong and not wrong["name"] else self._get

        def page(self, limit: int, after: str | None) -> Page:
            return self._page

    from uuid import uuid4

    def _item(stored: dict[str, str]) -> Item:
        content = Content(stored["name"], stored["description"])
        moments = (stored["created_at"], stored["updated_at"])
        return Item(stored["id"], content, *moments, stored["version"])

    _store = _Stub()
    # Before the import of the handler, which asks for the store.
    connection.store = lambda: _store  # type: ignore[assignment]

from items.handler import handler  # noqa: E402

__all__ = ["handler"]
