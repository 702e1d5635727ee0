"""What a killed process has left is removed by the next one, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from openapi_first.core.temporary_folder import remove_left_over, temporary_folder

HOLDING = """
import time
from openapi_first.core.temporary_folder import temporary_folder

with temporary_folder() as folder:
    (folder / "file").touch()
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-S", "-c", ""])
    process.wait()
    return process.pid


def test_a_folder_stays_as_long_as_its_process_and_no_longer(above: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(above)}
    command = [sys.executable, "-c", HOLDING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        held = Path(process.stdout.readline().strip())
        with temporary_folder() as own:
            assert set(above.iterdir()) == {held, own}
        process.kill()
    assert list(above.iterdir()) == [held]
    with temporary_folder() as own:
        assert list(above.iterdir()) == [own]
    assert not list(above.iterdir())


def test_only_folders_of_that_name_are_removed(above: Path) -> None:
    gone = ended_process()
    (above / f"contract-{gone}-a").mkdir()
    elsewhere = above / "elsewhere"
    elsewhere.mkdir()
    (above / f"contract-{gone}-link").symlink_to(elsewhere)
    (above / f"contract-{gone}-file").touch()
    for name in ("contract-x-a", f"contract-{gone}", f"my-contract-{gone}-a", "contract-1-a"):
        (above / name).mkdir()
    before = set(above.iterdir())
    remove_left_over()
    assert before - set(above.iterdir()) == {above / f"contract-{gone}-a"}
    assert elsewhere.is_dir()


def test_a_folder_that_someone_has_locked_stays(above: Path) -> None:
    with temporary_folder() as own:
        # As a container sees it, whose processes have other ids.
        renamed = own.rename(above / f"contract-{ended_process()}-a")
        remove_left_over()
        assert renamed.is_dir()
        renamed.rename(own)


def test_a_process_id_that_no_system_has_does_no_harm(above: Path) -> None:
    (above / f"contract-{10**30}-a").mkdir()
    (above / f"contract-{'9' * 200}-a").mkdir()
    remove_left_over()
    assert not list(above.iterdir())
