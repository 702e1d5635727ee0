"""A function's container leaves nothing open on this machine once it is removed."""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path
from typing import Any

import pytest

from image.conftest import Image
from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.functions.container import FunctionImage


@pytest.mark.parametrize("invocations", [0, 1])
def test_its_connections_to_the_engine_are_closed_with_it(
    image: Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, invocations: int
) -> None:
    configuration = FunctionConfiguration(
        handler="items.handler.handler", task_root=tmp_path, environment={"TABLE_NAME": "items"}
    )
    found = FunctionImage.find(image.name, image.emulator)

    async def run() -> None:
        container = await found.start(configuration)
        for _ in range(invocations):
            await container.invoke(b"{}")
        await container.kill()

    asyncio.run(run())
    found.close()
    # What is not closed by now warns when it is collected, and a warning is an error.
    unclosed: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", unclosed.append)
    gc.collect()
    assert [str(each.exc_value) for each in unclosed] == []
