"""A handler's code is found where the function's process will find it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from openapi_first.serving.errors import CannotServe
from openapi_first.serving.function_code import FunctionCode, import_path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return tmp_path


def test_a_package_of_this_folder_is_watched_as_a_whole(folder: Path) -> None:
    package = folder / "here" / "shop"
    package.mkdir()
    (package / "__init__.py").touch()
    code = FunctionCode("shop.app.handler")
    assert code.import_folder == folder / "here"
    assert code.watched_folder == package
    assert code.has(package / "deep" / "module.py")
    assert not code.has(folder / "here" / "other.py")


def test_of_a_module_without_a_package_the_modules_beside_it_are_watched_too(folder: Path) -> None:
    module = folder / "here" / "shop.py"
    module.touch()
    code = FunctionCode("shop.handler")
    assert code.import_folder == code.watched_folder == folder / "here"
    assert code.has(module)
    assert code.has(folder / "here" / "other.py")
    assert not code.has(folder / "here" / "notes.txt")
    assert not code.has(folder / "here" / "deep" / "other.py")


def test_code_is_found_in_the_projects_folder_and_in_its_src(folder: Path) -> None:
    package = folder / "project" / "src" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    assert FunctionCode("shop.app.handler", folder / "project").import_folder == package.parent
    (folder / "project" / "shop.py").touch()
    assert FunctionCode("shop.handler", folder / "project").import_folder == folder / "project"


def test_a_package_on_the_import_path_comes_before_a_mere_folder_here(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "here" / "shop").mkdir()
    package = folder / "there" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder / "there")])
    assert FunctionCode("shop.app.handler").import_folder == folder / "there"


@pytest.mark.parametrize("handler", ["nowhere.handler", "sys.handler"])
def test_what_is_nowhere_is_named(handler: str) -> None:
    with pytest.raises(CannotServe, match=f"there is no module '{handler.partition('.')[0]}'"):
        FunctionCode(handler)


def test_the_import_path_ends_with_that_of_the_shell(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["b", "", "a"]))
    here, built = folder / "here", folder / "1"
    assert import_path(here, built, given=None).split(os.pathsep) == [
        *(str(here), str(built)),
        *("b", "a"),
    ]
    assert import_path(None, Path("a"), given=os.pathsep.join(["a", "c"])) == f"a{os.pathsep}c"
