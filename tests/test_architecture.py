"""ARCHITECTURE.md is true: who may import whom, what the page names, how large things are."""

from __future__ import annotations

import ast
import functools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from architecture import MAY_IMPORT, PAGE, page_with_table

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
ENGINE = "openapi_first"
MOST_LINES = 300
MOST_LINES_OF_THE_PAGE = 160
MOST_MODULES = {"openapi": 18, "runtime": 18, "cli": 20}

IN_THE_LAMBDA = (
    "core",
    "runtime",
    "runtime.lifecycle",
    "runtime.problems",
    "runtime.telemetry",
    "runtime.wire",
)


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield ".".join(path.relative_to(SOURCE).with_suffix("").parts), path


@functools.cache
def imports(path: Path) -> set[str]:
    """Full names of the modules and names that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            assert node.module
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def package_of(name: str) -> str | None:
    """The package of the engine that a module or a name in it belongs to: `stage.api`."""
    engine, _, rest = name.partition(".")
    if engine != ENGINE:
        return None
    parts = rest.split(".")
    while parts and not (SOURCE / ENGINE / Path(*parts) / "__init__.py").exists():
        parts.pop()
    return ".".join(parts)


def imported_packages(package: str) -> Iterator[tuple[Path, str]]:
    for path in sorted((SOURCE / ENGINE / Path(*package.split("."))).glob("*.py")):
        for name in imports(path):
            imported = package_of(name)
            if imported not in (None, "", package):
                assert imported is not None
                yield path, imported


def test_the_table_has_every_package() -> None:
    packages = {
        ".".join(path.parent.relative_to(SOURCE / ENGINE).parts)
        for path in (SOURCE / ENGINE).rglob("__init__.py")
    }
    assert packages - {""} == set(MAY_IMPORT)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_what_the_table_allows(package: str) -> None:
    allowed = MAY_IMPORT[package].split()
    for path, imported in imported_packages(package):
        assert imported in allowed or (allowed == ["*"] and imported != "cli"), (path, imported)


def test_the_table_has_no_cycle() -> None:
    done: set[str] = set()
    while left := [package for package in MAY_IMPORT if package not in done]:
        free = [each for each in left if set(MAY_IMPORT[each].split()) <= done | {"*"}]
        assert free, left
        done.update(free)


def test_the_page_has_the_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page_with_table(page) == page, "ARCHITECTURE.md is out of date: run `make architecture`"


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_files_that_are_named_exist(name: str) -> None:
    page = (ROOT / name).read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w./-]+(?:/|\.(?:py|js|md|yaml)))`", page))
    assert len(named) > 10
    for each in named:
        assert (ROOT / each).exists() or (SOURCE / ENGINE / each).exists(), each


def test_the_page_stays_a_page() -> None:
    assert len(PAGE.read_text(encoding="utf-8").splitlines()) <= MOST_LINES_OF_THE_PAGE


def test_nothing_imports_the_command_line_but_its_entry_point() -> None:
    for name, path in modules():
        if not name.startswith(f"{ENGINE}.cli") and name != f"{ENGINE}.__main__":
            assert not any(package_of(each) == "cli" for each in imports(path)), name


def test_the_engine_does_not_know_the_service() -> None:
    for name, path in modules():
        if name.startswith(ENGINE):
            assert not any(each.split(".")[0] == "items" for each in imports(path)), name
            assert "items.handler" not in path.read_text(), name


def test_the_service_imports_the_public_face_of_the_runtime_only() -> None:
    from openapi_first import runtime

    public = {f"{ENGINE}.runtime.{name}" for name in runtime.__all__}
    for name, path in modules():
        if name.startswith("items"):
            used = {each for each in imports(path) if each.startswith(ENGINE)}
            assert used <= public, name


def test_the_public_face_of_the_runtime_has_every_name_that_it_lists() -> None:
    from openapi_first import runtime

    for name in runtime.__all__:
        assert getattr(runtime, name).__name__ == name
    assert not hasattr(runtime, "nothing")


def test_modules_and_packages_stay_small() -> None:
    lines = {name: len(path.read_text().splitlines()) for name, path in modules()}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}
    for package in MAY_IMPORT:
        folder = SOURCE / ENGINE / Path(*package.split("."))
        count = sum(path.name != "__init__.py" for path in folder.glob("*.py"))
        assert count <= MOST_MODULES.get(package, 12), package


def test_the_lambda_process_imports_nothing_that_belongs_to_the_build(tmp_path: Path) -> None:
    compiled = tmp_path / "compiled.py"
    subprocess.run(
        [sys.executable, "-m", ENGINE, "compile", ROOT / "openapi.yaml", "-o", compiled],
        check=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.DEVNULL,
    )
    script = "import sys, items.handler; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        text=True,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{SOURCE}{os.pathsep}{tmp_path}",
            "TABLE_NAME": "items",
            "AWS_DEFAULT_REGION": "eu-west-1",
        },
    ).stdout.split()
    assert "items.handler" in loaded
    for name in ("yaml", "jsonschema", "pydantic", "openapi_core", "openapi_spec_validator"):
        assert name not in loaded
    engine = {package_of(name) for name in loaded if name.startswith(f"{ENGINE}.")}
    assert engine == set(IN_THE_LAMBDA)
