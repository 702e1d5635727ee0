"""Environments that are replaced when code has changed, also by a process that started ahead."""

from __future__ import annotations

import asyncio
import json
import os
import signal

from openapi_first.stage.functions.pool import FunctionEnvironments

_LIBRARY = """
import os, pathlib
pathlib.Path(__file__).with_name("processes").joinpath(str(os.getpid())).touch()
"""
_HANDLER = """
import os, sys
ahead = "library" in sys.modules
import compiled

def handler(event, context):
    return {{
        "version": {version},
        "compiled": compiled.NUMBER,
        "ahead": ahead,
        "process": os.getpid(),
        "stream": os.environ["AWS_LAMBDA_LOG_STREAM_NAME"] == context.log_stream_name,
        "variable": os.environ.get("VARIABLE"),
    }}
"""


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


class Project:
    """A function that preloads a library, which notes the processes that import it. Each version
    has a generated module in a folder of its own."""

    def __init__(self, folder, configure):
        self.folder, self._configure = folder, configure
        self._processes = folder / "processes"
        self._processes.mkdir()
        (folder / "library.py").write_text(_LIBRARY)

    def configuration(self, version, **variables):
        """That of a version, whose code is there now."""
        generated = self.folder / f"build-{version}"
        generated.mkdir(exist_ok=True)
        (generated / "compiled.py").write_text(f"NUMBER = {version}\n")
        (self.folder / "app.py").write_text(_HANDLER.format(version=version))
        return self._configure(
            "app.handler",
            task_root=self.folder,
            environment={"PYTHONPATH": str(generated), **variables},
            preload=("missing", "library"),
        )

    @property
    def processes(self):
        """Those that have imported the library."""
        return {int(each.name) for each in self._processes.iterdir()}

    async def next_process(self):
        """The next one that imports the library."""
        before = self.processes
        while not (started := self.processes - before):
            await asyncio.sleep(0.01)
        return started.pop()

    def have_ended(self):
        """Whether no process is left."""
        return all(map(_has_ended, self.processes))


def _has_ended(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


async def answer(pool):
    result = await pool.invoke(b"{}")
    assert not result.function_error, result.payload
    return json.loads(result.payload)


def test_a_reload_has_the_new_code_in_a_process_that_was_there_before(configure, tmp_path):
    project = Project(tmp_path, configure)

    async def run():
        async with FunctionEnvironments(project.configuration(1)) as pool:
            assert not (await answer(pool))["ahead"]
            for version in (2, 3):
                process = await project.next_process()
                await pool.replace(project.configuration(version))
                found = await answer(pool)
                assert (found["version"], found["compiled"]) == (version, version)
                assert found["ahead"]
                assert found["stream"]
                assert found["process"] == process

    asyncio.run(run())
    assert project.have_ended()


def test_another_environment_has_another_process(configure, tmp_path):
    project = Project(tmp_path, configure)

    async def run():
        async with FunctionEnvironments(project.configuration(1)) as pool:
            await project.next_process()
            await pool.replace(project.configuration(2, VARIABLE="set"))
            found = await answer(pool)
            assert (found["version"], found["variable"], found["ahead"]) == (2, "set", False)

    asyncio.run(run())


def test_a_process_that_has_ended_is_replaced(configure, tmp_path):
    project = Project(tmp_path, configure)

    async def run():
        async with FunctionEnvironments(project.configuration(1)) as pool:
            os.kill(await project.next_process(), signal.SIGKILL)
            await asyncio.sleep(0.1)
            await pool.replace(project.configuration(2))
            found = await answer(pool)
            assert (found["version"], found["ahead"]) == (2, False)

    asyncio.run(run())


def test_code_that_cannot_be_loaded_is_reported_and_the_next_is_loaded(configure, tmp_path):
    project = Project(tmp_path, configure)

    async def run():
        async with FunctionEnvironments(project.configuration(1)) as pool:
            await project.next_process()
            broken = project.configuration(2)
            (project.folder / "app.py").write_text("broken\n")
            pool.change(broken)
            result = await pool.invoke(b"{}")
            assert b"NameError" in result.payload
            pool.change(project.configuration(3))
            assert (await answer(pool))["version"] == 3

    asyncio.run(run())
    assert project.have_ended()
