"""How the functions start that run in processes here, and the setup before them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from openapi_first.serving.builds import Build
from openapi_first.serving.errors import CannotServe
from openapi_first.serving.function_code import FunctionCode, import_path
from openapi_first.stage.functions.configuration import FunctionConfiguration

ENDPOINT = "AWS_ENDPOINT_URL_DYNAMODB"
_PYTHONPATH = "PYTHONPATH"
_UNFINISHED = "UNFINISHED_OPERATIONS"


@dataclass(frozen=True, slots=True)
class Configurations:
    """`environment` has the variables of all functions, `handler` is that of the API's own, whose
    `code` is known if it runs here; `root` is the folder of the project; `preload` names modules of
    libraries that a process may import before it has the code."""

    handler: str | None
    code: FunctionCode | None
    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    on_output: Callable[[str], None] | None = None
    debug_port: int | None = None
    preload: tuple[str, ...] = ()

    def of_function(self, build: Build) -> FunctionConfiguration:
        """That of the API's own function; the paths of this machine mean nothing in an image."""
        return self._with(self.environment) if self.handler is None else self.of_process(build)

    def of_process(self, build: Build) -> FunctionConfiguration:
        """That of a function, or of the setup, that runs in a process here."""
        code_folder = None if self.code is None else self.code.import_folder
        given = self.environment.get(_PYTHONPATH)
        path = import_path(code_folder, build.compiled, given=given)
        return self._with({_UNFINISHED: "answer", **self.environment, _PYTHONPATH: path})

    def _with(self, environment: Mapping[str, str]) -> FunctionConfiguration:
        return FunctionConfiguration(
            handler=self.handler or "",
            task_root=self.root.absolute(),
            environment=environment,
            on_output=self.on_output,
            debug_port=self.debug_port,
            preload=self.preload,
        )

    async def set_up(self, module: str, build: Build, database: str | None = None) -> None:
        """Runs `python -m MODULE` with the function's environment, for another database if one is
        given. Raises CannotServe with its output if it fails."""
        environment = self.of_process(build).variables("setup")
        if database is not None:
            environment[ENDPOINT] = database
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            output, _ = await process.communicate()
        finally:
            if process.returncode is None:  # interrupted
                process.kill()
                await process.wait()
        if process.returncode:
            text = output.decode(errors="replace").rstrip()
            raise CannotServe(f"python -m {module} failed:\n{text}")
