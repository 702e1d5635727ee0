"""The local DynamoDB of a template: it has the template's tables before requests are served."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from openapi_first.serving.dynamodb.database import Database
from openapi_first.serving.functions.tables import create_tables
from openapi_first.templates.model import DeclaredTable


class Tables:
    """`report` is called with a sentence for each table that cannot be created. `failed` has the
    names of those."""

    def __init__(self, region: str, report: Callable[[str], None]) -> None:
        self._region = region
        self._report = report
        self._declared: tuple[DeclaredTable, ...] = ()
        self.failed: tuple[str, ...] = ()

    def declare(self, tables: Iterable[DeclaredTable]) -> None:
        """Those to create from now on."""
        self._declared = tuple(tables)

    async def create(self, url: str) -> tuple[str, ...]:
        """Creates those that the DynamoDB at a URL does not have, and returns their names."""
        if not self._declared:
            return ()
        made = await asyncio.to_thread(create_tables, self._declared, url, self._region)
        self.failed = made.failed
        for note in made.notes:
            self._report(note)
        return made.names

    async def change(self, tables: Iterable[DeclaredTable], database: Database) -> tuple[str, ...]:
        """Declares other tables, and creates the new ones in a database. Those that are there stay
        as they are, which is reported."""
        before, self._declared = self._declared, tuple(tables)
        if self._declared == before or not self._declared:
            return ()
        known = {each.name: each.parameters for each in before}
        for each in self._declared:
            if known.get(each.name, each.parameters) != each.parameters:
                self._report(
                    f"the table {each.logical_id} keeps its data and its former properties: start "
                    "again to create it as the template now declares it"
                )
        database.start()
        await database.wait_ready()
        database.open()
        return await self.create(database.endpoint_url)
