"""Makes an installed folder into what a Lambda image holds: only what runs, ready to run.

`python -m contract.bundle TASK_ROOT` is the Dockerfile's last step of the build. TASK_ROOT has the
packages of requirements/lambda.txt and the compiled module; this adds the service and the Lambda's
half of the engine, takes away what is never read, compiles bytecode and sets file modes.
"""

from __future__ import annotations

import argparse
import compileall
import os
import py_compile
import shutil
import stat
import sys
from collections.abc import Collection, Iterator
from modulefinder import ModuleFinder
from pathlib import Path

__all__ = ["add_sources", "main", "prune", "seal"]

_ENGINE = "contract"
_ENTRY = "contract.bootstrap"
_TOOLS = ("stage", "replay")
"""Packages beside the engine that serve a laptop, never the Lambda."""
_LAUNCHER = """#!{python}
import sys

from contract.bootstrap import main

sys.exit(main(sys.argv[1:]))
"""
_NEVER_READ = ("*.pyi", "*.c", "*.cpp", "*.h", "*.pyx", "*.pxd")


def main(arguments: list[str] | None = None) -> int:
    """Bundles a folder. Returns 0; what cannot be done raises, and so stops the image's build."""
    parser = argparse.ArgumentParser(prog="python -m contract.bundle", description=__doc__)
    parser.add_argument("task_root", type=Path)
    parser.add_argument("--source", type=Path, default=Path("src"), help="default: %(default)s")
    parser.add_argument(
        "--aws-services",
        default="dynamodb",
        help="botocore's names of the services called, separated by spaces; default: %(default)s",
    )
    options = parser.parse_args(arguments)
    add_sources(options.source, options.task_root)
    prune(options.task_root, options.aws_services.split())
    seal(options.task_root, Path(sys.executable))
    return 0


def add_sources(source: Path, task_root: Path) -> None:
    """Copies the service's packages whole, and of the engine the modules that they reach."""
    for package in sorted(source.iterdir()):
        if package.name not in (_ENGINE, *_TOOLS) and (package / "__init__.py").exists():
            shutil.copytree(package, task_root / package.name, ignore=_not_shipped)
    for module in _reached(source, task_root):
        target = task_root / module.relative_to(source.resolve())
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(module, target)


def _not_shipped(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name in ("__pycache__", "tests") or name.endswith(".pyc")}


def _reached(source: Path, task_root: Path) -> Iterator[Path]:
    """The engine's files that the service, the compiled module and the entry point import.

    Imports inside functions count: they are the ones a test run may miss.
    """
    finder = ModuleFinder(path=[str(source.resolve())])
    finder.import_hook(_ENTRY)
    for file in sorted(task_root.rglob("*.py")):
        if (source / file.relative_to(task_root)).exists() or file == task_root / "compiled.py":
            finder.load_file(str(file))
    for name, module in finder.modules.items():
        found: str | None = getattr(module, "__file__", None)
        if name.partition(".")[0] == _ENGINE and found:
            yield Path(found)


def prune(task_root: Path, aws_services: Collection[str]) -> None:
    """Removes what no invocation reads: other AWS services, tests, type stubs, sources in C.

    Raises ValueError for a service that botocore does not know.
    """
    _prune_services(task_root, aws_services)
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
        raise ValueError(f"botocore knows no service {', '.join(unknown)}")
    for folder in (data, task_root / "boto3" / "data"):
        for service in folder.iterdir() if folder.is_dir() else ():
            if service.is_dir() and service.name not in aws_services:
                shutil.rmtree(service)
    for examples in data.rglob("examples-1.json*"):
        examples.unlink()


def seal(task_root: Path, python: Path) -> None:
    """Writes the launcher and the bytecode; makes all readable by everyone, writable by the owner.

    The bytecode never looks at its source's time stamp: what a registry or a builder does to time
    stamps would else cost every cold start a compilation. Raises RuntimeError for a syntax error.
    """
    launcher = task_root / "bootstrap"
    launcher.write_text(_LAUNCHER.format(python=os.path.realpath(python)))
    for cache in [*task_root.rglob("__pycache__")]:
        shutil.rmtree(cache)
    # Tracebacks then name the files as they lie in the image.
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
