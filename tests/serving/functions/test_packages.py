"""Where code and layers are placed, and what to do about what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.serving.functions.archives import UnusableCode
from openapi_first.serving.functions.packages import FunctionPackage
from openapi_first.templates.model import DeclaredFunction


def package(root: Path, **given: object) -> FunctionPackage:
    given = {"code": root / "code", **given}
    function = DeclaredFunction(logical_id="F", name="f", handler="app.handler", **given)
    return FunctionPackage(function, root / "unpacked")


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("nowhere", "pip install -r"),
        ("nowhere.deep", "pip install -r"),
        ("boto3", "Lambda's runtime has boto3"),
        ("botocore.config", "pip install boto3"),
    ],
)
def test_a_missing_module_has_a_remedy(tmp_path: Path, missing: str, says: str) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "requirements.txt").write_text("nowhere\n")
    error = f"ModuleNotFoundError: No module named {missing!r}"
    assert says in package(tmp_path).advice(error)


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        ("token.h", "AttributeError: module 'token' has no attribute 'h'"),
        ("json.app.h", "ModuleNotFoundError: No module named 'json.app'; 'json' is not a package"),
    ],
)
def test_a_module_with_a_name_of_pythons_own_has_a_remedy(
    tmp_path: Path, handler: str, error: str
) -> None:
    function = DeclaredFunction(logical_id="F", name="f", handler=handler, code=tmp_path)
    name = handler.partition(".")[0]
    assert f"{name} is a module of Python itself" in FunctionPackage(function, tmp_path).advice(
        error
    )
    assert package(tmp_path).advice(error) == ""


def test_there_is_no_remedy_for_what_sam_has_built_or_for_another_error(tmp_path: Path) -> None:
    built = tmp_path / ".aws-sam" / "build" / "F"
    built.mkdir(parents=True)
    (built / "requirements.txt").write_text("x\n")
    error = "ModuleNotFoundError: No module named 'x'"
    assert package(tmp_path, code=built).advice(error) == ""
    assert package(tmp_path).advice(error) == ""
    assert package(tmp_path).advice("NameError: name 'x' is not defined") == ""


def test_folders_are_used_as_they_are(tmp_path: Path) -> None:
    for name in ("code", "layer/python"):
        (tmp_path / name).mkdir(parents=True)
    placed = package(tmp_path, layers=(tmp_path / "layer",)).place()
    assert (placed.task_root, placed.opt) == (tmp_path / "code", tmp_path / "layer")


def test_each_placing_has_folders_of_its_own(tmp_path: Path) -> None:
    made = package(tmp_path, code=None, source="x = 1", runtime="nodejs20.x")
    first, second = made.place(), made.place()
    assert first.task_root != second.task_root
    assert (first.task_root / "index.js").read_text() == "x = 1"
    assert not (first.task_root / "cfnresponse.py").exists()


def test_the_whole_of_code_and_layers_has_lambdas_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # ZIP files of this size would take seconds to write.
    sizes = {"code.zip": 200 << 20, "layer.zip": 60 << 20}
    monkeypatch.setattr(
        "openapi_first.serving.functions.packages.check_archive", lambda path: sizes[path.name]
    )
    for name in sizes:
        (tmp_path / name).touch()
    made = package(tmp_path, code=tmp_path / "code.zip", layers=(tmp_path / "layer.zip",))
    with pytest.raises(UnusableCode, match="260 MB unzipped; Lambda takes 250 MB together"):
        made.check()
