"""How the commands find a project's contract and function: `[tool.contract]` in pyproject.toml.

[tool.contract]
contract = "api/openapi.yaml"                # the default is openapi.yaml
handler = "shop.handler.handler"
setup = "shop.table"                         # run before the first request
environment = { TABLE_NAME = "orders" }
functions = { guard = "shop.guard.handler" } # others that the import document names
preload = ["boto3"]                          # imported before a reload
port = 3001
dynamodb = false                             # the service uses none
types = "src/shop/types.py"                  # where `contract types` writes
unfinished = "leave-out"                     # `contract test` accepts operations without a function
accepted_findings = ["unknown-format"]       # rules that do not make `contract lint` fail
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from keyword import iskeyword
from pathlib import Path
from typing import Any

from openapi_first.documents.errors import SettingsError
from openapi_first.documents.settings_file import (
    WORDS,
    is_setting,
    settings_table,
    unknown_settings,
)

DEFAULT_CONTRACT = Path("openapi.yaml")
SETTINGS_FILE = Path("pyproject.toml")
_TYPES: Mapping[str, type] = {
    "contract": str,
    "handler": str,
    "setup": str,
    "environment": dict,
    "functions": dict,
    "preload": list,
    "port": int,
    "dynamodb": bool,
    "types": str,
    "unfinished": str,
    "accepted_findings": list,
}
_LEAVE_OUT = "leave-out"
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """`contract` and `types` are paths from the current folder, `environment` the variables of the
    function, `functions` handlers by the name of the function. `preload` has modules of libraries,
    which a process of the function may import before it has the code. `dynamodb` is None if the
    project does not say whether its service uses DynamoDB. `unfinished` is "leave-out" if contract
    tests may leave out operations without a function; `accepted_findings` are ids of lint rules."""

    contract: Path = DEFAULT_CONTRACT
    handler: str | None = None
    setup: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    preload: Sequence[str] = ()
    port: int | None = None
    dynamodb: bool | None = None
    types: Path | None = None
    unfinished: str | None = None
    accepted_findings: Sequence[str] = ()
    folder: Path = field(default_factory=Path)
    """The folder of the settings file."""

    @property
    def operations(self) -> Path | None:
        """The module of operations: `operations.py` beside the module of the handler."""
        if self.handler is None:
            return None
        *package, module, _ = self.handler.split(".")
        top = package[0] if package else module
        return self._source_folder(top).joinpath(*package, "operations.py")

    @property
    def types_module(self) -> str | None:
        """The dotted name of the module of types."""
        if self.types is None:
            return None
        path = self.types.absolute()
        folder = path.parent
        while (folder / "__init__.py").exists():
            folder = folder.parent
        return ".".join(path.relative_to(folder).with_suffix("").parts)

    def _source_folder(self, top: str) -> Path:
        """Where the handler's package or module is: this folder, or `src` in it."""
        here = (self.folder / top, self.folder / f"{top}.py")
        return self.folder if any(map(Path.exists, here)) else self.folder / "src"


def read_project(path: Path = SETTINGS_FILE) -> ProjectSettings:
    """The settings in a TOML file; the defaults for what it does not have.

    Raises SettingsError with every problem.
    """
    table = settings_table(path)
    problems = [*unknown_settings(table), *_problems(table)]
    if problems:
        raise SettingsError(path, problems)
    found = {name: table[name] for name in _TYPES if name in table}
    for name in ("contract", "types"):
        if name in found:
            found[name] = path.parent / found[name]
    found.setdefault("contract", path.parent / DEFAULT_CONTRACT)
    return ProjectSettings(**found, folder=path.parent)


def is_handler(text: str) -> bool:
    """Whether a text names a function in a module, with dots."""
    parts = text.split(".")
    return len(parts) > 1 and all(map(_is_name, parts))


def _is_name(text: str) -> bool:
    return text.isidentifier() and not iskeyword(text)


def _strings(table: Mapping[str, Any], name: str) -> Mapping[str, str]:
    return table[name] if is_setting(table.get(name), dict) else {}


def _problems(table: Mapping[str, Any]) -> Iterator[str]:
    for name, wanted in _TYPES.items():
        if name in table and not is_setting(table[name], wanted):
            yield f"[tool.contract]: {name} is not {WORDS[wanted]}: {table[name]!r}"
    if table.get("unfinished", _LEAVE_OUT) != _LEAVE_OUT:
        yield f"[tool.contract]: unfinished is not {_LEAVE_OUT!r}: {table['unfinished']!r}"
    handlers = {"handler": table.get("handler"), **_strings(table, "functions")}
    for name, handler in handlers.items():
        if isinstance(handler, str) and not is_handler(handler):
            yield (
                f"[tool.contract]: {name} is not module.function or package.module.function: "
                f"{handler!r}"
            )
    yield from _not_preloaded(table)
    port = table.get("port", 0)
    if is_setting(port, int) and not 0 <= port <= _HIGHEST_PORT:
        yield f"[tool.contract]: port is not from 0 to {_HIGHEST_PORT}: {port}"
    yield from _unusable(table)


def _not_preloaded(table: Mapping[str, Any]) -> Iterator[str]:
    """A process that has imported the function's own code could not take a change of it."""
    own = str(table.get("handler", "")).partition(".")[0]
    for name in table["preload"] if is_setting(table.get("preload"), list) else ():
        if not all(map(_is_name, name.split("."))):
            yield f"[tool.contract]: preload has what is not the name of a module: {name!r}"
        elif name.partition(".")[0] == own:
            yield (
                f"[tool.contract]: preload has {name!r}, which is code of the function: name only "
                "modules of libraries"
            )


def _unusable(table: Mapping[str, Any]) -> Iterator[str]:
    """Strings that no path, module or process can have."""
    types = table.get("types", "types.py")
    if is_setting(types, str) and not (types.endswith(".py") and _is_name(Path(types).stem)):
        yield (
            "[tool.contract]: types is not the path of a module, such as src/shop/types.py: "
            f"{types!r}"
        )
    for name in ("contract", "types"):
        if "\0" in str(table.get(name)):
            yield f"[tool.contract]: {name} has a null byte: {table[name]!r}"
    for name, value in _strings(table, "environment").items():
        if not name or "=" in name or "\0" in name + value:
            yield f"[tool.contract]: environment has what no process can have: {name!r} = {value!r}"
