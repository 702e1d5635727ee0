"""Variables of `--env-vars`, in SAM's format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openapi_first.serving.functions.environment_file import (
    EnvironmentFileError,
    read_environment_file,
)
from openapi_first.templates.model import DeclaredFunction

FUNCTIONS = (
    DeclaredFunction(
        logical_id="GetFunction", name="stack-get", environment={"TABLE": "t", "STAGE": "dev"}
    ),
    DeclaredFunction(logical_id="PutFunction", name="stack-put", environment={"TABLE": "t"}),
)


def written(tmp_path: Path, text: object) -> Path:
    path = tmp_path / "env.json"
    path.write_text(text if isinstance(text, str) else json.dumps(text))
    return path


def test_those_of_a_function_win_over_those_of_all(tmp_path: Path) -> None:
    given = {
        "GetFunction": {"TABLE": "own", "UNDECLARED": "x"},
        "Parameters": {"TABLE": "all", "STAGE": True},
        "stack-put": {"TABLE": "by name"},
    }
    file = read_environment_file(written(tmp_path, given))
    assert file.of(FUNCTIONS[0]) == {"TABLE": "own", "STAGE": "true"}
    assert file.of(FUNCTIONS[1]) == {"TABLE": "by name"}
    (note,) = file.notes(FUNCTIONS)
    assert "the function GetFunction does not declare the variable UNDECLARED" in note


def test_values_are_written_as_sam_writes_them(tmp_path: Path) -> None:
    names = {"a": 1, "b": 1.5, "c": False, "d": None, "e": "é"}
    function = DeclaredFunction(
        logical_id="F", name="f", environment=dict.fromkeys(names, "from the template")
    )
    found = read_environment_file(written(tmp_path, {"F": names})).of(function)
    assert found == {"a": "1", "b": "1.5", "c": "false", "d": "", "e": "é"}


def test_what_has_no_effect_is_reported_with_the_nearest_name(tmp_path: Path) -> None:
    given = {"GetFuncton": {}, "Other": {}, "Parameters": {"TABEL": "x"}}
    path = written(tmp_path, given)
    near, unknown, variable = read_environment_file(path).notes(FUNCTIONS)
    assert (
        near == f"{path}: the template declares no function GetFuncton (did you mean GetFunction?)"
    )
    assert unknown.endswith("no function Other; it declares GetFunction, PutFunction")
    assert "no function declares the variable TABEL" in variable
    assert "(did you mean TABLE?)" in variable


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"F": {"A": "1",}}', ":1:"),
        ("[]", "is not an object"),
        ('{"A": "1"}', "A: is not an object of variables"),
        ('{"F": {"A": [1], "B=": "x", "C": "\\u0000"}}', "F.A: has to be a string"),
        ("[" * 100_000, "is not JSON"),
        ('{"F": {"A": "\xff"}}', "is not JSON"),
    ],
    ids=["comma", "array", "flat", "values", "deep", "coding"],
)
def test_a_file_that_cannot_be_used_is_an_error_with_its_place(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "env.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(EnvironmentFileError) as caught:
        read_environment_file(path)
    assert str(caught.value).startswith(str(path))
    assert says in str(caught.value)


def test_all_that_is_wrong_is_listed_at_once(tmp_path: Path) -> None:
    given = {"F": {"A": [1], "B": {}}, "G": 1}
    with pytest.raises(EnvironmentFileError) as caught:
        read_environment_file(written(tmp_path, given))
    assert len(str(caught.value).splitlines()) == 3


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFileError, match="cannot be read"):
        read_environment_file(tmp_path / "env.json")
    with pytest.raises(EnvironmentFileError, match="cannot be read"):
        read_environment_file(tmp_path)
