"""What a function finds in its worker: modules and variables."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest

from openapi_first.stage.functions.pool import FunctionEnvironments
from openapi_first.stage.messages.invoker import InitError


async def call(pool):
    result = await pool.invoke(b"{}")
    return json.loads(result.payload), result.function_error


def test_modules_are_found_in_the_functions_folder_then_in_its_layers(configure, tmp_path):
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    task, python = tmp_path / "task", tmp_path / "opt" / "python"
    packages = python / "lib" / version / "site-packages"
    for folder in (task, packages):
        folder.mkdir(parents=True)
    task.joinpath("app.py").write_text(
        "import first, second, third, extra, os\n"
        "def handler(event, context):\n"
        "    return [first.PLACE, second.PLACE, third.PLACE, extra.PLACE, dict(os.environ)]\n"
    )
    layered = tmp_path / "elsewhere"
    layered.mkdir()
    layered.joinpath("extra.py").write_text("PLACE = 'a .pth file'\n")
    packages.joinpath("extra.pth").write_text(f"{layered}\n")
    for name, folders in (
        ("first", (task, packages, python)),
        ("second", (packages, python)),
        ("third", (python,)),
    ):
        for folder in folders:
            folder.joinpath(f"{name}.py").write_text(f"PLACE = {folder.name!r}\n")

    async def main():
        configuration = configure("app.handler", task_root=task, opt=python.parent)
        async with FunctionEnvironments(configuration) as pool:
            (*places, environ), _ = await call(pool)
        assert places == ["task", "site-packages", "python", "a .pth file"]
        assert environ["PATH"].endswith(f":{python.parent}/bin")
        assert environ["LD_LIBRARY_PATH"].endswith(f"{python.parent}/lib")
        assert not [name for name in environ if name.startswith("_STAGE")]

    asyncio.run(main())


def test_a_pythonpath_of_the_function_replaces_its_layers_and_may_name_them(configure, tmp_path):
    task, python = tmp_path / "task", tmp_path / "opt" / "python"
    for folder, name in ((task, "app"), (task / "lib", "inside"), (python, "layered")):
        folder.mkdir(parents=True, exist_ok=True)
        folder.joinpath(f"{name}.py").write_text("handler = lambda event, context: 'ran'\n")

    async def main(handler, path):
        options = {"task_root": task, "opt": python.parent, "environment": {"PYTHONPATH": path}}
        async with FunctionEnvironments(configure(handler, **options)) as pool:
            return (await call(pool))[0]

    path = "/var/task/lib:/opt/python"
    assert asyncio.run(main("inside.handler", path)) == "ran"
    assert asyncio.run(main("layered.handler", path)) == "ran"
    with pytest.raises(InitError, match="layered"):
        asyncio.run(main("layered.handler", "lib"))


def test_a_runtime_is_named_to_the_function_as_lambda_names_it(configure):
    async def main():
        async with FunctionEnvironments(configure("handlers.about", runtime="python3.12")) as pool:
            environ = (await call(pool))[0]["environ"]
        assert environ["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.12"

    asyncio.run(main())


def test_packages_of_a_layer_are_those_for_the_functions_runtime(configure, tmp_path):
    for version in ("python3.8", "python3.12"):
        folder = tmp_path / "opt/python/lib" / version / "site-packages"
        folder.mkdir(parents=True)
        folder.joinpath("app.py").write_text(f"handler = lambda event, context: {version!r}")
    task = tmp_path / "task"
    task.mkdir()

    async def main(runtime):
        options = {"task_root": task, "opt": tmp_path / "opt", "runtime": runtime}
        async with FunctionEnvironments(configure("app.handler", **options)) as pool:
            return (await call(pool))[0]

    assert asyncio.run(main("python3.8")) == "python3.8"
    assert asyncio.run(main("python3.12")) == "python3.12"
