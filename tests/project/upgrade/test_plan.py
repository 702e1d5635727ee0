from __future__ import annotations

import json
import shutil
from pathlib import Path, PurePosixPath

import pytest

from openapi_first.project.errors import CannotUpgrade, NoWheel
from openapi_first.project.upgrade.git import Resolution
from openapi_first.project.upgrade.plan import Change, Upgrade, plan_upgrade
from openapi_first.project.wheel import DISTRIBUTION, wheel_name
from support.console.older_project import OLDER, VERSION, Project, write_wheel

RUN = ".ci/run"
TEST = "make test\n"


def planned(project: Project, resolution: Resolution | None = None) -> Upgrade:
    return plan_upgrade(project.folder, None, resolution)


def only(upgrade: Upgrade) -> Change:
    (change,) = upgrade.changes
    return change


def test_a_project_of_this_version_has_nothing_to_do(project: Project) -> None:
    upgrade = planned(project)
    assert (upgrade.changes, upgrade.base_changes, upgrade.conflicts, upgrade.notes) == ((),) * 4


def test_a_file_that_nobody_changed_is_the_new_one(project: Project) -> None:
    wanted = (project / RUN).read_bytes()
    project.was(RUN, "make check\n", TEST)
    assert only(planned(project)).after == wanted


def test_a_local_change_stays_where_the_version_changed_nothing(project: Project) -> None:
    project.edit("Makefile", "clean:", "mine:\n\nclean:")
    project.edit("src/shop/operations.py", "def ", "def  ")
    (project / "openapi.yaml").write_text("mine")
    (project / "README.md").unlink()
    assert planned(project).changes == ()


def test_both_changes_are_merged(project: Project) -> None:
    project.was("Makefile", "export PORT\n", "export PORT API_KEY\n")
    project.edit("Makefile", "clean:", "mine:\n\nclean:")
    change = only(planned(project))
    assert b"export PORT API_KEY\n" in (change.after or b"")
    assert b"mine:\n\nclean:" in (change.after or b"")
    assert change.what == "merged with your changes"


def test_the_same_line_changed_twice_is_a_conflict_with_its_place(project: Project) -> None:
    project.was(RUN, "make check\n", TEST)
    project.edit(RUN, "make check\n", "make mine\n")
    line = (project / RUN).read_text().splitlines().index("make mine") + 1
    upgrade = planned(project)
    (conflict,) = upgrade.conflicts
    assert (str(conflict.path), conflict.lines, upgrade.changes) == (RUN, (line,), ())
    for resolution, text in (
        (Resolution.MINE, None),
        (Resolution.NEW, TEST),
        (Resolution.MARKERS, f"make mine\n=======\n{TEST}>>>>>>> version {VERSION}\n"),
    ):
        found = planned(project, resolution)
        assert found.conflicts
        assert (text is None and not found.changes) or (
            text is not None and text in (only(found).after or b"").decode()
        )


def test_a_deleted_file_stays_deleted_and_is_named_once(project: Project) -> None:
    project.was(RUN, "make check\n", TEST)
    (project / RUN).unlink()
    upgrade = planned(project)
    assert (upgrade.changes, upgrade.conflicts) == ((), ())
    assert upgrade.notes == (
        f"{RUN} is deleted and stays so; version {VERSION} writes it differently",
    )
    assert [str(each.path) for each in upgrade.base_changes] == [f".contract/base/{RUN}"]


def test_a_new_file_is_added_with_its_mode_unless_there_is_one(project: Project) -> None:
    (project / ".contract/base" / RUN).unlink()
    (project / RUN).unlink()
    change = only(planned(project))
    assert (change.before, change.what, change.made_executable) == (None, "added", True)
    for own in ("#!/bin/sh\n", ""):
        (project / RUN).write_text(own)
        (conflict,) = planned(project).conflicts
        assert conflict.lines == (1,)
        assert planned(project).changes == ()
    (project / RUN).write_bytes(change.after or b"")
    assert planned(project).conflicts == ()


def test_a_file_that_the_version_dropped_goes_if_nobody_changed_it(project: Project) -> None:
    for place in (project.folder, project / ".contract/base"):
        (place / "old.cfg").write_text("old")
    change = only(planned(project))
    assert (change.path, change.after, change.what) == (PurePosixPath("old.cfg"), None, "removed")
    (project / "old.cfg").write_text("mine")
    upgrade = planned(project)
    assert upgrade.changes == ()
    assert upgrade.notes == (
        f"old.cfg has your changes and stays so; version {VERSION} writes no such file",
    )


@pytest.mark.parametrize("kind", ["link", "linked folder", "folder", "binary"])
def test_what_cannot_be_merged_stays_and_is_named(project: Project, kind: str) -> None:
    project.was(RUN, "make check\n", TEST)
    if kind == "linked folder":
        shutil.move((project / RUN).parent, project.folder.parent / "elsewhere")
        (project / RUN).parent.symlink_to("../elsewhere")
    else:
        (project / RUN).unlink()
    if kind == "link":
        (project / RUN).symlink_to("other")
    elif kind == "folder":
        (project / RUN).mkdir()
    elif kind == "binary":
        (project / RUN).write_bytes(b"\0")
    upgrade = planned(project)
    assert upgrade.changes == ()
    assert len(upgrade.notes) == 1


def test_a_file_with_crlf_keeps_it(project: Project) -> None:
    wanted = (project / RUN).read_bytes().replace(b"\n", b"\r\n")
    project.was(RUN, "make check\n", TEST)
    for path in (project / RUN, project / ".contract/base" / RUN):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert only(planned(project)).after == wanted


def test_the_wheel_and_its_pins_are_replaced_beside_the_teams_own(
    older: Project, tmp_path: Path
) -> None:
    (older / "wheels/own-1-py3-none-any.whl").write_bytes(b"own")
    own = f"own==1 \\\n    --hash=sha256:{'0' * 64}\n"
    for name in ("lambda.in", "lambda.txt"):
        with (older / "requirements" / name).open("a") as file:
            file.write("own\n" if name == "lambda.in" else own)
    upgrade = plan_upgrade(older.folder, write_wheel(tmp_path), None)
    assert (upgrade.conflicts, upgrade.notes) == ((), ())
    changes = {str(each.path): each for each in upgrade.changes}
    lambda_in = (changes["requirements/lambda.in"].after or b"").decode()
    assert f"\n{DISTRIBUTION}=={VERSION}\n" in lambda_in
    assert lambda_in.endswith("\nown\n")
    locked = (changes["requirements/lambda.txt"].after or b"").decode()
    assert own in locked
    assert f"{DISTRIBUTION}=={VERSION}" in locked
    assert OLDER not in locked
    assert changes[f"wheels/{wheel_name(OLDER)}"].after is None
    assert changes[f"wheels/{wheel_name(VERSION)}"].after
    assert "wheels/own-1-py3-none-any.whl" not in changes


def test_the_answers_of_the_project_are_used(project: Project) -> None:
    answers = project / ".contract/answers.json"
    found = json.loads(answers.read_text())
    answers.write_text(
        json.dumps({**found, "authorizers": '\n[tool.contract.authorizers.a]\ntype = "jwt"\n'})
    )
    changes = {change.path: change.after or b"" for change in planned(project).changes}
    assert b"authorizers.a" in changes[PurePosixPath("pyproject.toml")]


def test_a_renamed_package_is_an_answer(project: Project) -> None:
    answers = project / ".contract/answers.json"
    answers.write_text(answers.read_text().replace('"shop"', '"store"'))
    (project / "src/shop").rename(project / "src/store")
    for name in ("src/store/handler.py", "Dockerfile", "pyproject.toml"):
        text = (project / name).read_text()
        (project / name).write_text(text.replace("shop", "store"))
    upgrade = planned(project)
    assert (upgrade.conflicts, upgrade.notes) == ((), ())
    assert not [each for each in upgrade.changes if each.what in ("added", "removed")]


def test_a_conflict_that_is_not_resolved_is_refused(project: Project) -> None:
    project.was(RUN, "make check\n", TEST)
    project.edit(RUN, "make check\n", "<<<<<<< yours\nmake mine\n")
    with pytest.raises(CannotUpgrade, match=rf"{RUN}:\d+: a conflict of an earlier merge"):
        planned(project)


def test_without_a_wheel_of_this_version_one_is_asked_for(older: Project) -> None:
    with pytest.raises(NoWheel, match="--wheel FILE"):
        planned(older)


def test_an_older_version_does_not_touch_a_newer_project(project: Project) -> None:
    answers = project / ".contract/answers.json"
    answers.write_text(json.dumps({**json.loads(answers.read_text()), "engine": "99.0"}))
    with pytest.raises(CannotUpgrade, match=r"written by version 99\.0, and this is"):
        planned(project)


def test_without_git_the_message_names_it(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project.was(RUN, "make check\n", TEST)
    project.edit(RUN, "make lint", "make mine")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotUpgrade, match=r"git is missing.*install git"):
        planned(project)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "answers.json is not JSON"),
        ("[]", "engine is not a string"),
        ('{"engine": "1", "package": 5}', "package is not a string"),
        (None, "answers.json: No such file or directory; restore .contract"),
    ],
)
def test_broken_answers_are_one_line(project: Project, text: str | None, message: str) -> None:
    path = project / ".contract/answers.json"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(CannotUpgrade, match=message):
        planned(project)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("package", "../a", "package cannot be a package"),
        ("package", "class", "package cannot be a package"),
        ("folder", 1, "folder is not a string"),
        ("unfinished", "yes", "unfinished is not true or false"),
        ("executable", None, "executable is not a list of strings"),
        ("accepted_findings", [1], "accepted_findings is not a list of strings"),
    ],
)
def test_a_wrong_answer_is_one_line(
    project: Project, name: str, value: object, message: str
) -> None:
    path = project / ".contract/answers.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))
    with pytest.raises(CannotUpgrade, match=message):
        planned(project)


def test_what_is_no_such_project_is_told_what_to_do(project: Project, tmp_path: Path) -> None:
    with pytest.raises(CannotUpgrade, match=r"src is inside the project .*shop: name that one"):
        plan_upgrade(project / "src", None, None)
    shutil.rmtree(project / ".contract/base")
    with pytest.raises(CannotUpgrade, match=r"base is missing: restore \.contract"):
        planned(project)
    shutil.rmtree(project / ".contract")
    with pytest.raises(CannotUpgrade, match=r"base does not exist.*copy its folder \.contract"):
        planned(project)
    with pytest.raises(CannotUpgrade, match="no such folder"):
        plan_upgrade(tmp_path / "none", None, None)
    with pytest.raises(CannotUpgrade, match="the engine's own repository: `make project-files`"):
        plan_upgrade(Path(__file__).parents[3], None, None)
