"""Environments that are replaced when code has changed."""

from __future__ import annotations

import asyncio
import json

from openapi_first.stage.functions.pool import FunctionEnvironments


async def call(pool):
    result = await pool.invoke(b"{}")
    return json.loads(result.payload), result.function_error


def test_changed_code_is_loaded_by_the_next_invocation(configure, tmp_path):
    module = tmp_path / "app.py"
    module.write_text("handler = lambda event, context: 1\n")

    async def main():
        configuration = configure("app.handler", task_root=tmp_path)
        pool = FunctionEnvironments(configuration)
        try:
            assert (await call(pool))[0] == 1
            module.write_text("broken\n")
            pool.change(configuration)
            error, failed = await call(pool)
            assert failed
            assert error["errorType"] == "Runtime.InitError"
            module.write_text("handler = lambda event, context: 2\n")
            assert (await call(pool))[0] == 2
            assert len(pool.pids) == 1
        finally:
            await pool.stop()

    asyncio.run(main())
