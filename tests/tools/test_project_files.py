"""This repository has the files of a new project's sources."""

from __future__ import annotations

from pathlib import Path

import pytest

import project_files

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("path", "source"), project_files.SHARED.items())
def test_a_shared_file_is_rendered_from_its_source(path: str, source: str) -> None:
    written = (ROOT / path).read_text(encoding="utf-8")
    assert written == project_files.text_of(source), "run `make project-files`"


@pytest.mark.parametrize("name", project_files.BLOCKS)
def test_a_shared_block_is_in_the_makefile(name: str) -> None:
    assert project_files.block(name) in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_block_of_the_sources_is_shared() -> None:
    folder = ROOT / "src" / "openapi_first" / "project" / "project_files" / "makefile"
    assert {path.name for path in folder.iterdir()} == {
        f"{each}.jinja" for each in project_files.BLOCKS
    }
