"""What a StageClient serves, and the functions that it finds by name."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from openapi_first.project.settings import SETTINGS_FILE, is_handler, read_project
from openapi_first.serving.builds import (
    Build,
    Served,
    ServedContract,
    ServedDocument,
    document_build,
)
from openapi_first.serving.errors import CannotServe
from openapi_first.serving.function_code import FunctionCode
from openapi_first.serving.testing.invocations import Handler
from openapi_first.templates.files.recognition import recognise

_COMPILED = "compiled"
_ANY_ORIGIN = ("*",)


@dataclass(frozen=True, slots=True)
class Api:
    """What is served, with the functions that its project names. `root` is the folder of the
    project."""

    build: Build
    handler: str | None = None
    functions: Mapping[str, str] = field(default_factory=dict)
    root: Path = field(default_factory=Path)
    compiled: str | None = None
    """The source of the compiled contract; None for an import document."""

    def load(self, function: Handler | str) -> Handler:
        """The function itself, or the one that `package.module.function` names. Raises CannotServe,
        or what its module raises."""
        if not isinstance(function, str):
            return function
        name, _, attribute = function.rpartition(".")
        if not is_handler(function):
            raise CannotServe(f"{function!r} is not module.function or package.module.function")
        module = sys.modules.get(name) or self._imported(name, function)
        self._check(module)
        handler: Handler | None = getattr(module, attribute, None)
        if not callable(handler):
            raise CannotServe(f"the module {name} has no function {attribute!r}")
        return handler

    def _imported(self, name: str, function: str) -> ModuleType:
        folder = str(FunctionCode(function, self.root).import_folder)
        if folder not in sys.path:
            sys.path.insert(0, folder)
        with self._importable():
            return importlib.import_module(name)

    @contextmanager
    def _importable(self) -> Iterator[None]:
        """The compiled contract can be imported, unless the tests have imported one already. Not
        from a file: what measures coverage would look for it when the tests end."""
        if self.compiled is None or _COMPILED in sys.modules:
            yield
            return
        module = ModuleType(_COMPILED)
        module.__file__ = f"<{_COMPILED}>"
        code = compile(self.compiled, module.__file__, "exec")
        exec(code, module.__dict__)  # noqa: S102 - the compiler has just written it
        sys.modules[_COMPILED] = module
        try:
            yield
        finally:
            # The tests may serve another contract, too.
            del sys.modules[_COMPILED]

    def _check(self, module: ModuleType) -> None:
        used = getattr(getattr(module, _COMPILED, None), "HASH", None)
        wanted = self.build.contract_hash
        if used is not None and wanted is not None and used != wanted:
            raise CannotServe(
                f"{module.__name__} was imported with another compiled contract than this one: "
                "compile it before the tests import the handler, or leave that to StageClient"
            )


def read_api(
    given: str | Path | Mapping[str, Any] | None,
    stage_variables: Mapping[str, str],
    folder: Path,
) -> Api:
    """Reads an import document, which may be a mapping, or compiles a contract; without either,
    that of the project in this folder. Temporary files are in `folder`. Raises UserError."""
    if isinstance(given, Mapping):
        return Api(document_build(given, "the document", stage_variables, frozenset()))
    project = read_project() if given is None else None
    path = Path(given) if given is not None else read_project().contract
    kind = recognise(path)
    if kind in ("template", "cdk.out"):
        raise CannotServe(
            f"{path}: functions of a template may have modules of the same names, which one "
            f"process cannot have; use running_stage({str(path)!r})"
        )
    if kind == "import document":
        served: Served = ServedDocument(path, stage_variables)
        return Api(served.build(folder))
    settings = (path.parent if project is None else project.folder) / SETTINGS_FILE
    project = project or read_project(settings)
    build = ServedContract(path, settings, _ANY_ORIGIN).build(folder)
    assert build.compiled is not None
    source = (build.compiled / f"{_COMPILED}.py").read_text(encoding="utf-8")
    return Api(build, project.handler, project.functions, project.folder, source)
