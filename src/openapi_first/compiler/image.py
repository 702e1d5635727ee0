"""Turns a folder of installed packages into what a Lambda image holds.

`python -m openapi_first.compiler.image TASK_ROOT` is the last step of the image's build. TASK_ROOT
has the engine, its dependencies, those of the service, and the compiled module. This adds the
service, removes what no invocation reads, lists the packages' licences, compiles bytecode and sets
file modes.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import gzip
import json
import os
import py_compile
import shutil
import site
import stat
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

import openapi_first
from openapi_first.compiler.licences import write_licences
from openapi_first.runtime import bootstrap

_ENGINE = openapi_first.__name__
_RUNS = ("__init__.py", "core", "runtime")
"""What runs of the engine in the Lambda; the rest belongs to the build."""
_BUILT = (_ENGINE, "compiled")
"""What the build has made itself: what is missing there is an error to be seen."""
_ENTRY = bootstrap.__name__
_HOOK_SERVICES = ("codedeploy", "lambda")
"""What openapi_first.runtime.pre_traffic.hook calls; 35 KB without their documentation."""
_LAUNCHER = """#!{python}
import sys

from {entry} import main

sys.exit(main(sys.argv[1:]))
"""
_TIME = 315_532_800
"""1980-01-01T00:00:00Z, the earliest that ZIP files can have; the Dockerfile has it, too."""
_NEVER_READ = ("*.pyi", "*.c", "*.cpp", "*.h", "*.pyx", "*.pxd", "swagger_ui/*.min.*")
"""Sources for compilers and type checkers, and the page for Powertools' own OpenAPI, which the
engine never serves."""


def main(arguments: list[str] | None = None) -> int:
    """Returns 0; raises what stops the image's build."""
    parser = argparse.ArgumentParser(prog=f"python -m {__spec__.name}", description=__doc__)
    parser.add_argument("task_root", type=Path)
    parser.add_argument("--source", type=Path, default=Path("src"), help="default: %(default)s")
    parser.add_argument(
        "--aws-services",
        default="dynamodb",
        help="botocore's names of the services called, separated by spaces; default: %(default)s",
    )
    options = parser.parse_args(arguments)
    base = site.getsitepackages([sys.base_prefix])
    check_hook(options.task_root, base)
    remove_unimportable(options.task_root, base)
    add_service(options.source, options.task_root)
    prune(options.task_root, options.aws_services.split())
    write_licences(options.task_root)
    for record in options.task_root.glob("*.dist-info/RECORD"):
        record.unlink()  # lists what pip installed; much of that is gone
    seal(options.task_root, Path(sys.executable))
    return 0


def check_hook(task_root: Path, base: Sequence[str]) -> None:
    """Raises ValueError if the trial of a version before it gets traffic could not call AWS."""
    examples = task_root / "examples.json"
    if examples.exists() and PathFinder.find_spec("botocore", [str(task_root), *base]) is None:
        raise ValueError(
            f"{examples.name} is for the trial of a version before it gets traffic, which needs "
            "botocore: add botocore to requirements/lambda.in, or leave out --examples in the "
            "Dockerfile and deploy with PARAMETERS='PreTrafficHook=off'"
        )


def remove_unimportable(task_root: Path, base: Sequence[str]) -> None:
    """Removes the modules of installed packages whose import can only fail, since a package that
    they need is an extra nobody asked for: Powertools' parser without pydantic, for example.

    Only imports that a module always runs count. One within `try`, `if` or a function does not.
    A package that changes where Python looks for modules stays whole. `base` are the folders with
    the packages of the base image.
    """
    files = {_module(file.relative_to(task_root)): file for file in task_root.rglob("*.py")}
    statements = {name: _statements(file) for name, file in files.items()}
    whole = {_top(name) for name, each in statements.items() if _changes_finders(each)}
    needs = {
        name: frozenset(_imports(name, file, statements))
        for name, file in files.items()
        if _top(name) not in whole.union(_BUILT)
    }
    places = [str(task_root), *base]
    packages = {_top(each) for each in frozenset[str]().union(*needs.values())}
    missing = {
        each
        for each in packages - sys.stdlib_module_names
        if PathFinder.find_spec(each, places) is None
    }
    while failing := [name for name, each in needs.items() if not missing.isdisjoint(each)]:
        missing.update(failing)
        for name in failing:
            del needs[name]
            files[name].unlink()


def _module(file: Path) -> str:
    """The name that imports the file."""
    parts = file.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _top(name: str) -> str:
    return name.partition(".")[0]


def _statements(file: Path) -> list[ast.stmt]:
    """What the import of the file always runs."""
    try:
        found = ast.parse(file.read_bytes()).body
    except SyntaxError:
        return []  # `seal` reports it
    return [each for each in found if not isinstance(each, ast.FunctionDef | ast.ClassDef)]


def _changes_finders(statements: Sequence[ast.stmt]) -> bool:
    return any(
        isinstance(each, ast.Attribute)
        and each.attr in ("path", "meta_path", "path_hooks")
        and isinstance(each.value, ast.Name)
        and each.value.id == "sys"
        for statement in statements
        for each in ast.walk(statement)
    )


def _imports(name: str, file: Path, modules: Mapping[str, Sequence[ast.stmt]]) -> Iterator[str]:
    """Every module that the import of `name` certainly imports, with the packages around each."""
    around = name.rpartition(".")[0]
    package = name if file.name == "__init__.py" else around
    found = [around] * bool(around)
    for statement in modules[name]:
        if isinstance(statement, ast.Import):
            found += [each.name for each in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            origin = statement.module or ""
            if statement.level:
                parents = package.split(".")[: package.count(".") + 2 - statement.level]
                origin = ".".join([*parents, origin]).rstrip(".")
            found.append(origin)
            members = (f"{origin}.{each.name}" for each in statement.names)
            found += [each for each in members if each in modules]
    for each in found:
        parts = each.split(".")
        yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def add_service(source: Path, task_root: Path) -> None:
    """Copies every package in `source` except the engine, which is installed."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "tests")
    for package in sorted(source.iterdir()):
        if package.name != _ENGINE and (package / "__init__.py").exists():
            shutil.copytree(package, task_root / package.name, ignore=ignored)


def prune(task_root: Path, aws_services: Collection[str]) -> None:
    """Removes what no invocation reads: the engine's build half, the data of other AWS services,
    tests, type stubs, sources in C.

    Raises ValueError for a service that botocore does not know.
    """
    _prune_services(task_root, aws_services)
    for entry in (task_root / _ENGINE).iterdir():
        if entry.name not in _RUNS:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    shutil.rmtree(task_root / "boto3" / "examples", ignore_errors=True)
    shutil.rmtree(task_root / "bin", ignore_errors=True)  # the packages' commands
    for pattern in _NEVER_READ:
        for file in task_root.rglob(pattern):
            file.unlink()
    for tests in [*task_root.glob("*/tests"), *task_root.glob("*/test")]:
        shutil.rmtree(tests)


def _prune_services(task_root: Path, aws_services: Collection[str]) -> None:
    data = task_root / "botocore" / "data"
    unknown = sorted(name for name in aws_services if not (data / name).is_dir())
    if unknown:
        raise ValueError(f"botocore does not know the service {', '.join(unknown)}")
    kept = {*aws_services, *_HOOK_SERVICES}
    for folder in (data, task_root / "boto3" / "data"):
        for service in folder.iterdir() if folder.is_dir() else ():
            if service.is_dir() and service.name not in kept:
                shutil.rmtree(service)
    for examples in data.rglob("examples-1.json*"):
        examples.unlink()
    # botocore reads each file in either form. That of all endpoints has 1.2 MB, or 40 KB.
    for file in data.rglob("*.json"):
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), mtime=0))
        file.unlink()
    # Three quarters of a model are its documentation, which each start would read.
    for file in data.rglob("service-2.json.gz"):
        model = _without_documentation(json.loads(gzip.decompress(file.read_bytes())))
        text = json.dumps(model, separators=(",", ":"))
        file.write_bytes(gzip.compress(text.encode(), mtime=0))


def _without_documentation(model: Any) -> Any:
    """A model of botocore with empty texts, since botocore takes for granted that some are there.

    A member that is named `documentation` is an object, not a string.
    """
    if isinstance(model, list):
        return [_without_documentation(each) for each in model]
    if not isinstance(model, dict):
        return model
    return {
        name: ""
        if name == "documentation" and isinstance(value, str)
        else _without_documentation(value)
        for name, value in model.items()
    }


def seal(task_root: Path, python: Path) -> None:
    """Writes the launcher and bytecode; makes files readable by all and writable by the owner, and
    gives all the same time, so that the same files are the same layer of an image.

    The bytecode never checks its source's time stamp: a registry or builder that changes time
    stamps would cost every cold start a compilation. Raises RuntimeError for a syntax error.
    """
    launcher = task_root / "bootstrap"
    launcher.write_text(_LAUNCHER.format(entry=_ENTRY, python=os.path.realpath(python)))
    for cache in [*task_root.rglob("__pycache__")]:
        shutil.rmtree(cache)
    # Tracebacks then show the paths that the image has.
    if not compileall.compile_dir(
        task_root,
        stripdir=str(task_root),
        prependdir="/var/task",
        quiet=1,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    ):
        raise RuntimeError(f"not all of {task_root} could be compiled")
    # A checkout under a umask of 077 would be unreadable to the user that Lambda runs as.
    for path in [task_root, *task_root.rglob("*")]:
        runs = path.is_dir() or path == launcher or path.stat().st_mode & stat.S_IXUSR
        path.chmod(0o755 if runs else 0o644)
        os.utime(path, (_TIME, _TIME))


if __name__ == "__main__":
    raise SystemExit(main())
