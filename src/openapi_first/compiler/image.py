"""Turns a folder of installed packages into what a Lambda image holds.

`python -m openapi_first.compiler.image TASK_ROOT` is the last step of the image's build. TASK_ROOT
has the engine, its dependencies, those of the service, and the compiled module. This adds the
service, removes what no invocation reads, lists the packages' licences, compiles bytecode and sets
file modes.
"""

from __future__ import annotations

import argparse
import compileall
import gzip
import os
import py_compile
import shutil
import stat
import sys
from collections.abc import Collection
from pathlib import Path

import openapi_first
from openapi_first.compiler.licences import write_licences
from openapi_first.runtime import bootstrap

_ENGINE = openapi_first.__name__
_RUNS = ("__init__.py", "core", "runtime")
"""What runs of the engine in the Lambda; the rest belongs to the build."""
_ENTRY = bootstrap.__name__
_LAUNCHER = """#!{python}
import sys

from {entry} import main

sys.exit(main(sys.argv[1:]))
"""
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
    add_service(options.source, options.task_root)
    prune(options.task_root, options.aws_services.split())
    write_licences(options.task_root)
    seal(options.task_root, Path(sys.executable))
    return 0


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
    for folder in (data, task_root / "boto3" / "data"):
        for service in folder.iterdir() if folder.is_dir() else ():
            if service.is_dir() and service.name not in aws_services:
                shutil.rmtree(service)
    for examples in data.rglob("examples-1.json*"):
        examples.unlink()
    # botocore reads each file in either form. That of all endpoints has 1.2 MB, or 40 KB.
    for file in data.rglob("*.json"):
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), mtime=0))
        file.unlink()


def seal(task_root: Path, python: Path) -> None:
    """Writes the launcher and bytecode; makes files readable by all and writable by the owner.

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


if __name__ == "__main__":
    raise SystemExit(main())
