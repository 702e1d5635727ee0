from __future__ import annotations

import re
from pathlib import Path

import pytest

from openapi_first.clients.errors import CannotGenerate
from openapi_first.clients.folder import (
    RECORD,
    Record,
    changes,
    check_replaceable,
    files_of,
    record_of,
    replace_folder,
    working_folder,
)


def generate(folder: Path, *texts: str) -> Record:
    """Replaces a folder by one with a file for each text."""
    check_replaceable(folder, force=False)
    with working_folder(folder) as work:
        made = work / "client"
        (made / "inside").mkdir(parents=True)
        for number, text in enumerate(texts):
            (made / "inside" / f"{number}.txt").write_text(text)
        record = Record("python", "a generator 1.0", "document", "", files_of(made))
        replace_folder(folder, made, record)
    return record


def test_a_generated_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "above" / "client"
    generate(folder, "one", "two")
    record = generate(folder, "three")
    assert record_of(folder) == record
    assert [path.name for path in folder.iterdir() if path.is_dir()] == ["inside"]
    assert (folder / "inside/0.txt").read_text() == "three"
    assert not (folder / "inside/1.txt").exists()
    assert list(folder.parent.iterdir()) == [folder]
    assert folder.stat().st_mode & 0o777 == (tmp_path / "above").stat().st_mode & 0o777


def test_a_link_to_a_generated_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("client")
    generate(tmp_path / "client", "one")
    generate(tmp_path / "link", "two")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "client/inside/0.txt").read_text() == "two"


def test_what_was_changed_by_hand_is_listed_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "client"
    record = generate(folder, "one", "two", "three")
    (folder / "inside/0.txt").write_text("mine")
    (folder / "inside/1.txt").unlink()
    (folder / "mine.txt").write_text("mine")
    (folder / "node_modules").mkdir()
    (folder / "node_modules/other.js").write_text("not mine")
    assert changes(folder, record) == [
        f"{folder}/inside/0.txt: was changed",
        f"{folder}/inside/1.txt: was removed",
        f"{folder}/mine.txt: was added",
    ]
    with pytest.raises(CannotGenerate, match="give them up with --force") as caught:
        check_replaceable(folder, force=False)
    assert "mine.txt: was added" in str(caught.value)
    assert "removed" not in str(caught.value)
    check_replaceable(folder, force=True)


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_of_others_is_never_replaced(tmp_path: Path, force: bool) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("full", "file", "link"):
        with pytest.raises(CannotGenerate, match=re.escape(str(tmp_path / name))):
            check_replaceable(tmp_path / name, force=force)


@pytest.mark.parametrize("place", [".git", "inside/.git"])
def test_a_repository_in_a_generated_folder_is_never_lost(tmp_path: Path, place: str) -> None:
    generate(tmp_path / "client", "one")
    (tmp_path / "client" / place).mkdir()
    with pytest.raises(CannotGenerate, match=r"\.git: this repository would be lost"):
        check_replaceable(tmp_path / "client", force=True)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"generator": 1, "files": []}', "\udcff"])
def test_a_damaged_record_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / RECORD).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(CannotGenerate, match=r"\.contract-client\.json"):
        record_of(tmp_path)


def interrupted(folder: Path) -> None:
    with working_folder(folder) as work:
        (work / "file").write_text("half")
        raise KeyboardInterrupt


def test_an_interruption_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path / "a" / "b" / "client")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with (
        pytest.raises(CannotGenerate, match=r"client cannot be written: .*file is a file"),
        working_folder(tmp_path / "file" / "client"),
    ):
        pass
