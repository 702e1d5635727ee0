"""Where a handler's code is, found without importing it; and the setup that runs before it."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sys
from collections.abc import Mapping
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

from openapi_first.serving.errors import CannotServe


class FunctionCode:
    """The package that a handler is in, or its module and those beside it where there is none.

    It is looked for as the function's process will: in the project's folder, in `src` there, then
    on the import path.
    """

    def __init__(self, handler: str, root: Path = Path()) -> None:
        """Raises CannotServe."""
        name, root = handler.partition(".")[0], root.absolute()
        folders = [str(root), str(root / "src"), *sys.path]
        # Packages of editable installs may be known to other finders only.
        spec = PathFinder.find_spec(name, folders) or _elsewhere(name)
        place = None
        if spec is not None:
            place = next(iter(spec.submodule_search_locations or ()), spec.origin)
        if place is None or not Path(place).exists():  # `built-in` is not a path
            raise CannotServe(
                f"there is no module {name!r} for the handler {handler}: it has to be in "
                f"{root}, in {root / 'src'}, or in a folder that PYTHONPATH names"
            )
        self._place = Path(place).absolute()
        self._resolved = self._place.resolve()

    @property
    def import_folder(self) -> Path:
        return self._place.parent

    @property
    def watched_folder(self) -> Path:
        return self._resolved if self._resolved.is_dir() else self._resolved.parent

    def has(self, path: Path) -> bool:
        """Whether a file, by its resolved path, is part of it."""
        if self._resolved.is_dir():
            return self._resolved in path.parents
        return path.parent == self._resolved.parent and path.suffix == ".py"


def _elsewhere(name: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(name)
    except ValueError:  # a module that is running without a spec, `__main__`
        return None


def import_path(*folders: Path | None, given: str | None) -> str:
    """A PYTHONPATH of the folders, then of the one that was given or else is this shell's."""
    rest = os.environ.get("PYTHONPATH", "") if given is None else given
    names = [*(str(folder) for folder in folders if folder is not None), *rest.split(os.pathsep)]
    return os.pathsep.join(dict.fromkeys(filter(None, names)))


async def run_setup(module: str, environment: Mapping[str, str]) -> None:
    """Runs `python -m MODULE`. Raises CannotServe with its output if it fails."""
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
