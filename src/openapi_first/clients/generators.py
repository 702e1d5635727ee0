"""The generators of clients: how to start each, and what to read of what it prints.

openapi-python-client and openapi-generator (https://openapi-generator.tech) are Python packages
beside the engine, the second with a Java runtime. openapi-typescript comes through npm.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from openapi_first.clients.document import as_json
from openapi_first.clients.errors import CannotGenerate
from openapi_first.clients.request_bodies import with_one_media_type
from openapi_first.clients.typescript import NPM_PACKAGES, write_typescript
from openapi_first.clients.versions import python_version
from openapi_first.core.files import replace_file
from openapi_first.openapi.model import Contract

PYTHON = "python"
TYPESCRIPT = "typescript"
OTHER = "openapi-generator"
"""What `OTHER:python` begins with: a generator whose name stands for another one here."""

NAME = re.compile(r"[a-z][a-z0-9-]*")
_UNKNOWN = "Can't load config class with name"
_NO_NETWORK = re.compile("ENOTFOUND|EAI_AGAIN|ENOTCACHED|ECONN|ETIMEDOUT")
_MOST_LINES = 40
_JAVASCRIPT_FRAME = re.compile(r"(npm error)?\s+at .*:\d+")


@dataclass(frozen=True, slots=True)
class Generator:
    """`name` is as the user writes it; `program` is openapi-generator's name for it, and empty for
    the two that are not openapi-generator's."""

    name: str
    program: str = ""

    @property
    def folder(self) -> str:
        """The name of the folder for the client, unless the user names another."""
        return self.name.replace(":", "-")

    @property
    def by(self) -> str:
        """The package that does the work, with its version. Raises ModuleNotFoundError."""
        if self.name == TYPESCRIPT:
            return NPM_PACKAGES[0].replace("@", " ")
        package = OTHER + "-cli" if self.program else "openapi-python-client"
        try:
            return f"{package} {version(package)}"
        except PackageNotFoundError:
            raise _missing(package.replace("-", "_")) from None


def generator_of(name: str) -> Generator | None:
    """The generator that a name means; None for what no generator can be called."""
    prefix, colon, rest = name.rpartition(":")
    if (colon and prefix != OTHER) or not NAME.fullmatch(rest):
        return None
    own = not colon and rest in (PYTHON, TYPESCRIPT)
    return Generator(name, "" if own else rest)


@dataclass(frozen=True, slots=True)
class _Task:
    """What a generator reads and where it writes: `config` is its own settings."""

    generator: Generator
    work: Path
    config: Path | None

    @property
    def source(self) -> Path:
        return self.work / "openapi.json"

    @property
    def output(self) -> Path:
        return self.work / "client"

    @property
    def options(self) -> list[str]:
        return [] if self.config is None else ["--config", str(self.config)]


def generate(
    generator: Generator,
    contract: Contract,
    document: dict[str, Any],
    work: Path,
    config: Path | None,
) -> tuple[Path, list[str]]:
    """The folder below `work` that has the client now, and the lines to print about it.

    `document` is `client_document(contract)`. Raises CannotGenerate, and ModuleNotFoundError when
    the generator's package is not installed.
    """
    task, lines = _Task(generator, work, config), list[str]()
    if generator.name == PYTHON:
        document, lines = with_one_media_type(document)
        document["info"]["version"] = python_version(str(document["info"]["version"]))
    replace_file(task.source, as_json(document))
    if generator.program:
        lines += _openapi_generator(task)
    elif generator.name == TYPESCRIPT:
        task.output.mkdir()
        types = str(task.output / "schema.d.ts")
        _ran(task, [*_npm(), "openapi-typescript", str(task.source), "-o", types], _NPM)
        write_typescript(task.output, contract.title, contract.version)
    else:
        lines += _openapi_python_client(task)
    return task.output, lines


def _openapi_python_client(task: _Task) -> list[str]:
    command = [*_module("openapi_python_client"), "generate", "--meta", "setup"]
    command += ["--path", str(task.source), "--output-path", str(task.output), *task.options]
    # It formats its output with the ruff that was installed with it.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    # Without these, it would frame its errors, with pictures of its own source.
    plain = {"TYPER_USE_RICH": "0", "NO_COLOR": "1", "_TYPER_STANDARD_TRACEBACK": "1"}
    said = _ran(task, command, {"PATH": path, **plain})
    shutil.rmtree(task.output / ".ruff_cache", ignore_errors=True)
    _, found, warnings = said.partition("Warning(s) encountered")
    return [(found + warnings).strip()] if found else []


def _openapi_generator(task: _Task) -> list[str]:
    _module("openapi_generator_cli")
    start = "from openapi_generator_cli import cli; cli()"
    command = [sys.executable, "-c", start, "generate", "-g", task.generator.program]
    command += ["-i", str(task.source), "-o", str(task.output), *task.options]
    said = _ran(task, command, {})
    warnings = [line.split(" - ", 1)[-1] for line in said.splitlines() if "] WARN " in line]
    return list(dict.fromkeys(warnings))


def _module(name: str) -> list[str]:
    if find_spec(name) is None:
        raise _missing(name)
    return [sys.executable, "-m", name]


def _missing(module: str) -> ModuleNotFoundError:
    return ModuleNotFoundError(f"No module named {module!r}", name=module)


_NPM = {
    "npm_config_update_notifier": "false",
    "npm_config_fund": "false",
    "npm_config_loglevel": "error",
    "NO_COLOR": "1",
}


def _npm() -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise CannotGenerate(
            "openapi-typescript runs on Node.js: install Node.js 20 or later, with npm"
        )
    packages = [f"--package={package}" for package in NPM_PACKAGES]
    return [npm, "exec", "--yes", *packages, "--"]


def _ran(task: _Task, command: list[str], environment: dict[str, str]) -> str:
    """What the command prints, without the temporary folders. Raises CannotGenerate with it."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise CannotGenerate(f"{command[0]} cannot be started: {error.strerror}") from None
    said = done.stdout.replace(f"{task.output}/", "").replace(f"{task.work}/", "")
    if not done.returncode:
        return said
    if _UNKNOWN in said:
        raise _unknown(task.generator.program, said)
    how = f"ended with status {done.returncode}"
    if "npm" in said and _NO_NETWORK.search(said):
        how = "could not be downloaded by npm: check the network and npm's registry"
    lines = [
        line
        for line in _without_traceback(said).splitlines()
        if line.strip() and not _JAVASCRIPT_FRAME.match(line)
    ]
    below = "".join(f"\n  {line}" for line in lines[-_MOST_LINES:])
    raise CannotGenerate(f"{task.generator.by} {how}. It printed:{below}")


def _without_traceback(said: str) -> str:
    """Of an error of the generator itself, only the last line helps its user."""
    before, traceback, after = said.partition("Traceback (most recent call last)")
    return before + after.strip().rpartition("\n")[2] if traceback else said


def _unknown(program: str, output: str) -> CannotGenerate:
    _, _, listed = output.partition("Available:")
    names = [line for line in listed.splitlines() if NAME.fullmatch(line)]
    close = difflib.get_close_matches(program, names, n=5, cutoff=0.5)
    near = f" Near it: {', '.join(close)}." if close else ""
    return CannotGenerate(
        f"openapi-generator has no generator {program}.{near} "
        "`openapi-generator-cli list` prints all."
    )
