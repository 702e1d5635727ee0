"""Starts the local DynamoDB again when it has ended, and says so once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from openapi_first.core.errors import UserError
from openapi_first.core.terminal_text import visible
from openapi_first.serving.dynamodb.database import Database
from openapi_first.stage.dynamodb import LocalDynamoDBError

_STABLE_SECONDS = 20.0
"""After this time, an end has nothing to do with the one before."""
_SPOKEN = 2
"""The ends in a row that are reported one by one."""
_PAUSES = (0.0, 0.0, 1.0, 5.0, 30.0)
"""The seconds before each start in a row; the last pause stays."""


@dataclass(frozen=True, slots=True)
class Revival:
    """`setup` is the module that creates the tables, or else `creator` names what does, if there is
    one; `run_setup` has them created in the database at a URL, and raises UserError."""

    database: Database
    setup: str | None
    run_setup: Callable[[str], Awaitable[None]]
    creator: str = ""

    @contextlib.asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Until the block ends, the database is started again whenever it has ended."""
        watching = asyncio.ensure_future(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self) -> None:
        ends, news = 0, ""
        while True:
            while (how := await self.database.ended(_STABLE_SECONDS)) is None:
                if ends > _SPOKEN:
                    _report(news)
                ends = 0
            ends += 1
            if ends <= _SPOKEN:
                _report(f"DynamoDB has ended ({how}): its tables and items are gone. It restarts.")
            elif ends == _SPOKEN + 1:
                _report(
                    f"DynamoDB ends again and again ({how}). It restarts after pauses of up to "
                    f"{_PAUSES[-1]:g} seconds, and requests that need it fail until then."
                )
            await self.database.refuse(_PAUSES[min(ends, len(_PAUSES)) - 1])
            news = await self._start()
            if ends <= _SPOKEN and news:
                _report(news)

    async def _start(self) -> str:
        """Starts it, and returns the report of that: an empty one if it ends at once."""
        try:
            async with self.database.starting_again() as url:
                creator = self.creator or (self.setup and f"python -m {self.setup}")
                if not creator:
                    return "DynamoDB runs again, without tables: no --setup creates them."
                await self.run_setup(url)
                return f"DynamoDB runs again; {creator} has created its tables."
        except LocalDynamoDBError:
            return ""
        except UserError as error:
            return f"DynamoDB runs again, but without its tables: {error}"


def _report(text: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        print(visible(text), flush=True)
