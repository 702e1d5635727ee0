"""The functions of a stage are started, replaced and ended together."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from openapi_first.serving.builds import Build
from openapi_first.serving.configurations import Configurations
from openapi_first.serving.errors import CannotServe
from openapi_first.serving.function_code import FunctionCode
from openapi_first.serving.invokers import FunctionTarget
from openapi_first.serving.stage_functions import StageFunctions, stage_functions
from openapi_first.stage.functions.pool import FunctionEnvironments
from openapi_first.stage.functions.registry import NoFunction
from openapi_first.stage.messages.invoker import Invoker

ANSWER = "def handler(event, context):\n    return [__name__, context.function_name, {}]\n"
BUILD: Any = Build({}, None, "1", 0, {}, frozenset())  # type: ignore[arg-type]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("own", "guard"):
        (tmp_path / f"{name}.py").write_text(ANSWER.format(1))
    return tmp_path


def functions(root: Path, handler: str | None = "own.handler") -> StageFunctions:
    code = None if handler is None else FunctionCode(handler, root)
    configurations = Configurations(handler, code, root)
    return stage_functions(
        FunctionTarget(handler=handler), {"guarding": "guard.handler"}, configurations, 1
    )


async def answer(invoker: Invoker) -> Any:
    return json.loads((await invoker.invoke(b"{}")).payload)


def pids(group: StageFunctions) -> set[int]:
    running: set[int] = set()
    for each in (group.own, *group.others.values()):
        if isinstance(each, FunctionEnvironments):
            running |= each.pids
    return running


def test_each_runs_its_own_handler_and_all_are_replaced_together(root: Path) -> None:
    async def run() -> None:
        async with functions(root) as group:
            await group.start(BUILD)
            own, guard = group.own, group.others["guarding"]
            assert await answer(own) == ["own", "local", 1]
            assert await answer(guard) == ["guard", "guarding", 1]
            for name in ("own", "guard"):
                (root / f"{name}.py").write_text(ANSWER.format(2))
            await group.replace(BUILD)
            assert (group.own, group.others) == (own, {"guarding": guard})
            assert await answer(own) == ["own", "local", 2]
            assert await answer(guard) == ["guard", "guarding", 2]
        assert pids(group) == set()

    asyncio.run(run())


def test_if_one_cannot_be_loaded_none_runs_and_all_can_start_again(root: Path) -> None:
    (root / "guard.py").write_text("import nothing_like_it\n")

    async def run() -> None:
        async with functions(root) as group:
            with pytest.raises(CannotServe, match=r"guard\.handler"):
                await group.start(BUILD)
            assert pids(group) == set()
            (root / "guard.py").write_text(ANSWER.format(1))
            await group.start(BUILD)
            assert await answer(group.own) == ["own", "local", 1]

    asyncio.run(run())


def test_one_that_does_not_load_any_more_runs_on_as_it_was(root: Path) -> None:
    async def run() -> None:
        async with functions(root) as group:
            await group.start(BUILD)
            (root / "guard.py").write_text("import nothing_like_it\n")
            (root / "own.py").write_text(ANSWER.format(2))
            with pytest.raises(CannotServe, match=r"guard\.handler"):
                await group.replace(BUILD)
            assert await answer(group.others["guarding"]) == ["guard", "guarding", 1]
            assert (await answer(group.own))[2] == 2

    asyncio.run(run())


def test_an_api_without_a_function_has_the_others(root: Path) -> None:
    async def run() -> None:
        async with functions(root, None) as group:
            await group.start(BUILD)
            assert isinstance(group.own, NoFunction)
            assert (await answer(group.others["guarding"]))[0] == "guard"

    asyncio.run(run())
