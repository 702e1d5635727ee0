"""A new project, and the same as an older version would have written it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from openapi_first.project.new_project import new_project
from support.console.older_project import Project, make_older, write_wheel


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("upgrade")
    new_project(folder / "shop", None, None, write_wheel(folder))
    return folder / "shop"


@pytest.fixture
def project(written: Path, tmp_path: Path) -> Project:
    shutil.copytree(written, tmp_path / "shop")
    return Project(tmp_path / "shop")


@pytest.fixture
def older(project: Project) -> Project:
    """Of version 0.0.1, whose wheel and pins it has."""
    return make_older(project)
