"""What needs no generator; `make test-clients` runs the rest with the generators."""

from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.clients.generators import generator_of
from openapi_first.clients.typescript import package_name
from support.commands import contract


@pytest.mark.parametrize(
    ("name", "program", "folder"),
    [
        ("python", "", "python"),
        ("typescript", "", "typescript"),
        ("go", "go", "go"),
        ("openapi-generator:python", "python", "openapi-generator-python"),
    ],
)
def test_a_name_means_a_generator(name: str, program: str, folder: str) -> None:
    generator = generator_of(name)
    assert generator is not None
    assert (generator.program, generator.folder) == (program, folder)


@pytest.mark.parametrize(
    "name", ["", "Go", "../go", "-g", "go:python", "openapi-generator:", "g o"]
)
def test_what_no_generator_is_called_is_refused(name: str) -> None:
    assert generator_of(name) is None


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Items API", "items-api-client"),
        ("Café: Menü & more (v2)", "cafe-menu-more-v2-client"),
        ("東京", "client"),
        ("x" * 400, f"{'x' * 193}-client"),
    ],
)
def test_a_package_of_npm_has_a_name_that_npm_takes(title: str, name: str) -> None:
    assert package_name(title) == name


@pytest.mark.parametrize("generator", ["python", "go"])
def test_a_generator_that_is_not_installed_is_one_line(tmp_path: Path, generator: str) -> None:
    done = contract("client", generator, "-o", str(tmp_path / "client"))
    assert done.returncode == 2
    assert done.stderr.endswith(": pip install 'openapi-first-serverless[client]'\n")
    assert list(tmp_path.iterdir()) == []


def test_without_node_js_typescript_is_one_line(tmp_path: Path) -> None:
    output = str(tmp_path / "client")
    done = contract("client", "typescript", "-o", output, environment={"PATH": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr == (
        "contract: openapi-typescript runs on Node.js: install Node.js 20 or later, with npm\n"
    )
    assert list(tmp_path.iterdir()) == []


def npm(folder: Path, script: str) -> dict[str, str]:
    """The environment that finds this script as npm."""
    program = folder / "npm"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def test_a_failed_generator_is_one_line_with_what_it_printed(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    environment = npm(tmp_path / "bin", "echo 'npm error code EAI_AGAIN' >&2; exit 3")
    output = str(tmp_path / "client")
    done = contract("client", "typescript", "-o", output, environment=environment)
    assert done.returncode == 2
    assert done.stderr == (
        "contract: openapi-typescript 7.13.0 could not be downloaded by npm: check the network and "
        "npm's registry. It printed:\n  npm error code EAI_AGAIN\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]


def test_check_says_what_is_not_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    environment = npm(tmp_path / "bin", 'for last; do :; done; echo "export {}" >"$last"')
    source, output = tmp_path / "openapi.yaml", tmp_path / "client"
    source.write_text((Path(__file__).parents[2] / "openapi.yaml").read_text())
    command = ("client", "typescript", str(source), "-o", str(output))
    missing = contract(*command, "--check")
    assert missing.returncode == 1
    assert "has no client of this command: run `contract client typescript" in missing.stderr
    assert contract(*command, environment=environment).returncode == 0
    assert contract(*command, "--check").returncode == 0
    source.write_text(source.read_text().replace("title: Items API", "title: Things"))
    outdated = contract(*command, "--check")
    assert outdated.returncode == 1
    assert f"{output} does not match {source}: run `contract client" in outdated.stderr
    assert contract(*command, environment=environment).returncode == 0
    (output / "index.js").write_text("mine")
    changed = contract(*command, "--check")
    assert changed.returncode == 1
    assert changed.stderr == f"{output}/index.js: was changed\n"
