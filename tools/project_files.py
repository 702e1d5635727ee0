"""Writes the files of this repository that have the same sources as those of a new project.

    python tools/project_files.py

The sources are in src/openapi_first/project/project_files; the tests compare the two.
"""

from __future__ import annotations

from pathlib import Path

from openapi_first.project.files import rendered

ROOT = Path(__file__).resolve().parents[1]
VARIABLES = {
    "engine": True,
    "table": True,
    "api_key": True,
    "authorizers": "",
    "aws_services": "dynamodb",
    "package": "items",
    "name": "items",
    "contract": "openapi.yaml",
    "contract_folder": None,
}
SHARED = {
    ".github/workflows/ci.yaml": "every/DOT.github/workflows/ci.yaml.jinja",
    ".github/workflows/deploy.yaml": "every/DOT.github/workflows/deploy.yaml.jinja",
    ".github/workflows/rollback.yaml": "every/DOT.github/workflows/rollback.yaml.jinja",
    "Dockerfile": "every/Dockerfile.jinja",
    "contract-tests/conftest.py": "every/contract-tests/conftest.py.jinja",
    "contract-tests/test_contract.py": "every/contract-tests/test_contract.py.jinja",
    "deployment/bootstrap.yaml": "every/deployment/bootstrap.yaml.jinja",
    "requirements/licences.txt": "every/requirements/licences.txt.jinja",
    "template.yaml": "every/template.yaml.jinja",
}
"""The files of this repository with their sources."""
BLOCKS = ("head", "help", "environment", "gateway", "image", "deploy")
"""The blocks of the Makefile that a new project's has, too."""


def text_of(source: str) -> str:
    return rendered(source, VARIABLES)


def block(name: str) -> str:
    return text_of(f"makefile/{name}.jinja")


if __name__ == "__main__":
    for path, source in SHARED.items():
        (ROOT / path).write_text(text_of(source), encoding="utf-8")
