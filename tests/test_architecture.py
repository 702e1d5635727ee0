"""Who may import whom, held against the code."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
PACKAGES = sorted(path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists())
LAMBDA_HALF = {
    f"contract.{name}"
    for name in (
        "bodies",
        "bootstrap",
        "coercion",
        "formats",
        "forms",
        "media_types",
        "numerals",
        "observers",
        "origins",
        "parameters",
        "plan",
        "problems",
        "replies",
        "runtime",
        "start",
        "strict_json",
        "styles",
        "validation",
    )
}


def modules() -> Iterator[tuple[str, Path]]:
    for path in SOURCE.rglob("*.py"):
        yield ".".join(path.relative_to(SOURCE).with_suffix("").parts), path


def imports(path: Path) -> set[str]:
    """Full names of the modules that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            assert node.module
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def of_package(names: set[str], package: str) -> set[str]:
    return {name for name in names if name.split(".")[0] == package}


def test_nobody_imports_the_service() -> None:
    for name, path in modules():
        if not name.startswith("items"):
            assert not of_package(imports(path), "items"), name


def test_the_engine_does_not_know_the_service() -> None:
    for name, path in modules():
        if not name.startswith("items"):
            assert "items.handler" not in path.read_text(), name


def test_the_service_sees_runtime_and_problems_alone() -> None:
    for name, path in modules():
        if name.startswith("items"):
            used = of_package(imports(path), "contract")
            assert all(
                module.startswith(("contract.runtime", "contract.problems")) for module in used
            ), (name, used)
            assert not of_package(imports(path), "stage"), name


def test_the_stage_believes_the_import_document_alone() -> None:
    for name, path in modules():
        if name.startswith("stage"):
            assert not of_package(imports(path), "contract"), name


def test_contract_tests_know_the_contract_and_http_alone() -> None:
    for name, path in modules():
        used = imports(path)
        if name.startswith("replay"):
            assert not of_package(used, "stage"), name
            assert not of_package(used, "items"), name
        elif not name.startswith("contract.commands"):
            assert not of_package(used, "replay"), name


def test_the_lambda_half_of_the_engine_does_not_reach_the_compiler() -> None:
    for name, path in modules():
        if name in LAMBDA_HALF:
            for module in of_package(imports(path), "contract"):
                owner = ".".join(module.split(".")[:2])
                assert owner in LAMBDA_HALF | {"contract"}, (name, module)


@pytest.mark.parametrize("module", [name for name, _ in modules() if "__" not in name])
def test_public_names_are_listed_and_exist(module: str) -> None:
    tree = ast.parse((SOURCE / Path(*module.split("."))).with_suffix(".py").read_text())
    listed = {
        name.value
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
        for name in getattr(node.value, "elts", [])
        if isinstance(name, ast.Constant)
    }
    public = {
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
    }
    assert public <= listed, f"not in __all__: {public - listed}"


def test_modules_stay_small() -> None:
    large = {
        name: lines
        for name, path in modules()
        if (lines := len(path.read_text().splitlines())) > 300
    }
    assert not large


def test_the_lambda_process_imports_nothing_that_belongs_to_the_build(tmp_path: Path) -> None:
    compiled = tmp_path / "compiled.py"
    subprocess.run(
        [sys.executable, "-m", "contract", "compile", ROOT / "openapi.yaml", "-o", compiled],
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
    engine = {name for name in loaded if name.startswith("contract.")}
    assert engine <= LAMBDA_HALF


@pytest.mark.parametrize("package", ["contract.diff", "contract.drift", "contract.lint"])
def test_what_compares_is_imported_by_commands_alone(package: str) -> None:
    for name, path in modules():
        if not name.startswith((f"{package}.", "contract.commands.")):
            assert not any(module.startswith(package) for module in imports(path)), name
