from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from openapi_first.project.errors import CannotUpgrade
from openapi_first.project.upgrade import apply
from openapi_first.project.upgrade.apply import apply_upgrade
from openapi_first.project.upgrade.git import Resolution
from openapi_first.project.upgrade.plan import Change, Upgrade, plan_upgrade
from support.console.older_project import Project

RUN = ".ci/run"


def changed(project: Project) -> Upgrade:
    """Changes of every kind."""
    project.was(RUN, "make check\n", "make test\n")
    project.was("Makefile", "export PORT\n", "export PORT API_KEY\n")
    project.edit("Makefile", "clean:", "mine:\n\nclean:")
    for place in (project.folder, project / ".contract/base"):
        (place / ".vscode/launch.json").unlink()
        (place / "old").mkdir()
        (place / "old/old.cfg").write_text("old")
    (project / ".vscode").rmdir()
    (project / ".contract/base/.vscode").rmdir()
    return plan_upgrade(project.folder, None, None)


def test_everything_is_written_and_a_second_run_has_nothing_to_do(project: Project) -> None:
    (project / "Makefile").chmod(0o600)
    upgrade = changed(project)
    apply_upgrade(upgrade)
    for change in (*upgrade.changes, *upgrade.base_changes):
        path = project / str(change.path)
        assert (path.read_bytes() if path.exists() else None) == change.after
    assert (project / "Makefile").stat().st_mode & 0o777 == 0o600
    assert os.access(project / RUN, os.X_OK)
    assert not (project / "old").exists()
    assert not (project / ".contract/base/old").exists()
    assert list((project / ".contract").glob(".upgrade*")) == []
    again = plan_upgrade(project.folder, None, None)
    assert (again.changes, again.base_changes, again.notes) == ((), (), ())


@pytest.mark.parametrize("moves", range(1, 8))
def test_a_run_that_was_killed_between_two_files_can_be_run_again(
    project: Project, moves: int
) -> None:
    """What is merged already is not merged a second time: here it would be a conflict again."""
    changed(project)
    project.was("Dockerfile", "FROM older", "FROM")
    project.edit("Dockerfile", "FROM older", "FROM mine")
    project.was("Dockerfile", "RUN older", "RUN")
    upgrade = plan_upgrade(project.folder, None, Resolution.MINE)
    assert [each.path.name for each in upgrade.conflicts] == ["Dockerfile"]
    script = (
        "import os, pathlib, signal\n"
        "from openapi_first.cli.main import main\n"
        "act, moved = pathlib.Path.replace, []\n"
        "def killed(path, target):\n"
        "    act(path, target)\n"
        "    moved.append(path)\n"
        f"    if len(moved) == {moves}: os.kill(os.getpid(), signal.SIGKILL)\n"
        "pathlib.Path.replace = killed\n"
        "main(['upgrade', '--conflicts', 'mine'])\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=project.folder, capture_output=True)
    assert ended.returncode == -signal.SIGKILL, ended
    is_done = (project / "Dockerfile").read_bytes() in {each.after for each in upgrade.changes}
    again = plan_upgrade(project.folder, None, None)
    assert (again.conflicts == ()) == is_done
    apply_upgrade(plan_upgrade(project.folder, None, Resolution.MINE))
    for change in (*upgrade.changes, *upgrade.base_changes):
        path = project / str(change.path)
        assert (path.read_bytes() if path.exists() else None) == change.after
    assert list((project / ".contract").glob(".upgrade*")) == []


def test_a_file_that_has_just_changed_stops_the_upgrade(project: Project) -> None:
    upgrade = changed(project)
    project.edit("Makefile", "mine:", "newer:")
    before = project.state()
    with pytest.raises(CannotUpgrade, match="Makefile has just changed: run the command again"):
        apply_upgrade(upgrade)
    assert project.state() == before


def test_a_place_that_cannot_be_written_undoes_the_others(project: Project) -> None:
    upgrade = changed(project)
    last = Change(PurePosixPath("Dockerfile/x/y"), None, b"x", "added")
    upgrade = Upgrade(
        upgrade.folder, "1", "2", (*upgrade.changes, last), upgrade.base_changes, (), ()
    )
    before = project.state()
    with pytest.raises(CannotUpgrade, match=r"cannot be written: .*; nothing has changed"):
        apply_upgrade(upgrade)
    assert project.state() == before
    assert not (project / ".vscode").exists()


@pytest.mark.parametrize(
    ("number", "moment", "done"),
    [(signal.SIGINT, "write_bytes", False), (signal.SIGTERM, "replace", True)],
)
def test_a_signal_leaves_the_old_state_or_the_new_one(
    project: Project, number: signal.Signals, moment: str, done: bool
) -> None:
    changed(project)
    before = project.state()
    script = (
        "import os, pathlib\n"
        "from openapi_first.cli.main import main\n"
        f"act = pathlib.Path.{moment}\n"
        "def interrupted(path, *arguments):\n"
        "    result = act(path, *arguments)\n"
        f"    if path.suffix == '.new': os.kill(os.getpid(), {number.value})\n"
        "    return result\n"
        f"pathlib.Path.{moment} = interrupted\n"
        "raise SystemExit(main(['upgrade']))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=project.folder, capture_output=True, text=True
    )
    line = "contract: interrupted: each file is as before, or all are upgraded\n"
    assert (ended.returncode, ended.stderr) == (-number, line)
    assert (project.state() == before) != done
    assert list((project / ".contract").glob(".upgrade*")) == []
    if done:
        assert plan_upgrade(project.folder, None, None).changes == ()


def test_a_full_disk_changes_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = changed(project)
    before = project.state()
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name == "2.new":
            raise OSError(28, "No space left on device", str(path))
        return write(path, data)

    monkeypatch.setattr(apply.Path, "write_bytes", full)
    with pytest.raises(CannotUpgrade, match="No space left on device; nothing has changed"):
        apply_upgrade(upgrade)
    assert project.state() == before
    assert list((project / ".contract").glob(".upgrade*")) == []
