from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import pytest

from openapi_first.project.errors import CannotInit
from openapi_first.project.folder import write_folder

FILES = {PurePosixPath("a/b.txt"): b"b", PurePosixPath("run"): b"#!/bin/sh\n"}


def written(path: Path) -> dict[str, bytes]:
    return {
        str(each.relative_to(path)): each.read_bytes() for each in path.rglob("*") if each.is_file()
    }


@pytest.mark.parametrize("exists", [False, True])
def test_a_new_or_empty_folder_gets_the_files_and_nothing_else(
    tmp_path: Path, exists: bool
) -> None:
    path = tmp_path / "above" / "shop"
    if exists:
        path.mkdir(parents=True)
    before = os.umask(0o027)
    write_folder(path, FILES, frozenset({PurePosixPath("run")}))
    os.umask(before)
    assert written(tmp_path) == {"above/shop/a/b.txt": b"b", "above/shop/run": b"#!/bin/sh\n"}
    assert (path / "run").stat().st_mode & 0o777 == 0o750
    assert (path / "a/b.txt").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["full", "file", "link"])
def test_what_is_there_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to("nowhere")
    before = written(tmp_path)
    with pytest.raises(CannotInit, match=re.escape(str(tmp_path / name))):
        write_folder(tmp_path / name, FILES, frozenset())
    assert written(tmp_path) == before


class Interrupted(Mapping[PurePosixPath, bytes]):
    """Files whose second one never comes."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __getitem__(self, key: PurePosixPath) -> bytes:
        if key != PurePosixPath("a/b.txt"):
            raise self.error
        return b"b"

    def __iter__(self) -> Iterator[PurePosixPath]:
        return iter(FILES)

    def __len__(self) -> int:
        return len(FILES)


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_an_interruption_leaves_nothing(tmp_path: Path, error: BaseException, exists: bool) -> None:
    path = tmp_path / "above" / "shop"
    if exists:
        path.mkdir(parents=True)
    expected = CannotInit if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        write_folder(path, Interrupted(error), frozenset())
    assert list(tmp_path.rglob("*")) == ([path.parent, path] if exists else [])


def test_a_folder_above_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(CannotInit, match="cannot be written: Not a directory"):
        write_folder(tmp_path / "file" / "shop", FILES, frozenset())


def test_what_appears_in_the_folder_meanwhile_stays(tmp_path: Path) -> None:
    class Late(Interrupted):
        def __getitem__(self, key: PurePosixPath) -> bytes:
            (tmp_path / "run").write_text("mine")
            return b"theirs"

    with pytest.raises(CannotInit, match="is not empty: something else has just written it"):
        write_folder(tmp_path, Late(KeyboardInterrupt()), frozenset())
    assert written(tmp_path) == {"run": b"mine"}
