"""Which licences the packages of an image have, and which of them may be there."""

from __future__ import annotations

import json
import re
from importlib.metadata import distribution
from pathlib import Path

import pytest

from openapi_first.compiler.licences import (
    LIST,
    Licence,
    allowed_in,
    licences,
    main,
    not_allowed,
    read_licences,
    write_licences,
)

ROOT = Path(__file__).parents[2]
ALLOWED = ROOT / "requirements" / "licences.txt"


def install(task_root: Path, name: str, *metadata: str, files: tuple[str, ...] = ()) -> None:
    folder = task_root / f"{name}-1.0.dist-info"
    (folder / "licenses").mkdir(parents=True)
    lines = ["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *metadata]
    (folder / "METADATA").write_text("\n".join(lines) + "\n\nThis is no License: GPL\n")
    record = ["METADATA", *files, "licenses/LICENSE.gone"]
    (folder / "RECORD").write_text("".join(f"{folder.name}/{each},,\n" for each in record))
    for file in files:
        (folder / file).write_text("text")


@pytest.mark.parametrize(
    ("metadata", "stated"),
    [
        (["License-Expression: MIT OR Apache-2.0", "License: GPL"], ["MIT OR Apache-2.0"]),
        (["Classifier: License :: OSI Approved :: BSD License", "License: Dual"], ["BSD License"]),
        (["Classifier: License :: OSI Approved", "License: MIT"], ["MIT"]),
        (["Classifier: License :: Public Domain"], ["Public Domain"]),
        (["License: ISC"], ["ISC"]),
        ([f"License: {'Permission is granted ' * 9}"], []),
        ([], []),
    ],
)
def test_a_package_states_its_licence_in_one_of_three_places(
    tmp_path: Path, metadata: list[str], stated: list[str]
) -> None:
    install(tmp_path, "tea", *metadata, files=("LICENSE", "licenses/NOTICE.txt"))
    (found,) = licences(tmp_path)
    assert (found.name, found.version, [*found.stated]) == ("tea", "1.0", stated)
    assert found.files == ("tea-1.0.dist-info/LICENSE", "tea-1.0.dist-info/licenses/NOTICE.txt")


@pytest.mark.parametrize(
    ("stated", "fits"),
    [
        (["MIT"], True),
        (["GPL-3.0"], False),
        (["GPL-3.0 OR MIT"], True),
        (["GPL-3.0 AND MIT"], False),
        (["ISC AND MIT"], True),
        (["(GPL-3.0 OR MIT) AND ISC"], False),
        (["(ISC OR MIT) AND ISC"], True),
        (["Apache-2.0 WITH LLVM-exception"], False),
        (["MIT", "GPL"], False),
        ([], False),
    ],
)
def test_every_licence_of_a_package_has_to_be_allowed(stated: list[str], fits: bool) -> None:
    allowed = allowed_in("# known\nMIT\nISC # short\n\nApache-2.0\npackage odd\n")
    found = Licence("tea", "1.0", (*stated,), ())
    assert (not_allowed([found], allowed) == []) is fits
    assert not_allowed([Licence("odd", "1.0", (*stated,), ())], allowed) == []


def test_the_list_in_the_image_is_what_the_command_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(tmp_path, "tea", "License: MIT", files=("LICENSE",))
    install(tmp_path, "Ale", "License: GPL")
    write_licences(tmp_path)
    file, allowed = tmp_path / LIST, tmp_path / "allowed.txt"
    assert read_licences(file.read_text()) == licences(tmp_path)
    allowed.write_text("MIT\n")
    assert main([str(file)]) == 0
    assert capsys.readouterr().out == "Ale 1.0: GPL\ntea 1.0: MIT\n  tea-1.0.dist-info/LICENSE\n"
    assert main([str(file), "--allowed", str(allowed)]) == 1
    assert capsys.readouterr().err == f"Ale 1.0 states GPL; {allowed} does not allow it\n"


@pytest.mark.parametrize(
    "text", ["", "{", "5", "[5]", '[{"name": "a"}]', "[[]]", json.dumps({"a": 1})]
)
def test_what_is_no_list_is_status_2(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / LIST).write_text(text)
    assert main([str(tmp_path / LIST)]) == 2
    assert main([str(tmp_path / "none")]) == 2
    assert "The list of licences cannot be read: " in capsys.readouterr().err


def test_the_packages_of_the_image_have_licences_that_are_allowed() -> None:
    """Those of this environment, which the same lock files pin."""
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements/lambda.txt").read_text(), re.M)
    folder = Path(str(distribution("boto3").locate_file("")))
    names = {re.sub("[-_.]+", "-", name).lower() for name in locked}
    found = [each for each in licences(folder) if re.sub("[-_.]+", "-", each.name).lower() in names]
    assert len(found) == len(names)
    assert not_allowed(found, allowed_in(ALLOWED.read_text())) == []
