"""What starts before the first request is served, and in which order.

DynamoDB, the setup and the functions start side by side, since each takes most of a second. The
setup has an address of DynamoDB of its own: a function that connects while its module is imported
waits, at its own address, until the tables are there.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from openapi_first.core.errors import UserError
from openapi_first.serving.dynamodb.database import Database

SetUp = Callable[[str | None], Awaitable[None]]
"""Creates the tables, in the DynamoDB at a URL or else in the function's. Raises UserError."""


async def start(
    load: Callable[[], Awaitable[None]], database: Database | None, set_up: SetUp | None
) -> None:
    """Returns when requests can be served. `load` starts the functions; it may be called again when
    it has raised UserError.

    Raises LocalDynamoDBError, or what `set_up` or `load` raises; the former wins.
    """
    started = database if database is not None and database.is_started else None
    async with contextlib.AsyncExitStack() as running:
        loading = None
        if set_up is None or started is not None:
            loading = await running.enter_async_context(_going_on(load()))
        if set_up is not None:
            url = None if started is None else started.private_url
            setting_up = await running.enter_async_context(_going_on(set_up(url)))
            if started is not None:
                await started.wait_ready()
            await setting_up
        too_early = set_up is not None and loading is not None and loading.done()
        if started is not None:
            await started.wait_ready()
            started.open()
        if loading is not None:
            try:
                await loading
            except UserError:
                # The function may need something else that the setup has made, such as a file.
                if not too_early:
                    raise
            else:
                return
        await load()


@contextlib.asynccontextmanager
async def _going_on(work: Awaitable[None]) -> AsyncIterator[asyncio.Future[None]]:
    """Until the block ends; then it is cancelled, unless it is done."""
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
