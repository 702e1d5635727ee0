"""What `contract diff` prints, and its exit statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diff.comparing import Document, base, compared, thing
from openapi_first.cli.main import main


def files(folder: Path, old: Document, new: Document) -> list[str]:
    compared(folder, old, new)
    return [str(folder / "old.yaml"), str(folder / "new.yaml")]


def test_the_command_exits_1_for_what_breaks_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = base()
    thing(new)["parameters"][1]["required"] = True
    thing(new)["summary"] = "Make one."
    paths = files(tmp_path, base(), new)
    assert main(["diff", *paths]) == 1
    text = capsys.readouterr().out
    assert "POST /things/{id}\n  breaking: query parameter filter: " in text
    assert "new.yaml:" in text
    assert "#/paths/~1things~1{id}/post/parameters/1" in text
    assert text.endswith("1 breaking, 0 compatible, 1 documentation only.\n")
    assert main(["diff", *reversed(paths)]) == 0


def test_programs_read_the_changes_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = base()
    del new["paths"]["/others"]
    assert main(["diff", "--format", "json", *files(tmp_path, base(), new)]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["breaking"] is True
    (change,) = report["changes"]
    assert (change["rule"], change["verdict"], change["operation"]) == (
        "operation-removed",
        "breaking",
        "GET /others",
    )
    assert change["old"]["pointer"] == "/paths/~1others/get"
    assert change["new"]["pointer"] == "/paths"
    assert isinstance(change["old"]["line"], int)


def test_annotations_stand_at_the_new_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = base()
    thing(new)["parameters"][1]["required"] = True
    paths = files(tmp_path, base(), new)
    assert main(["diff", "--format", "github", *paths]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"::error file={paths[1]},line=")
    assert "title=parameter-made-required::POST /things/{id}: query parameter filter" in line


@pytest.mark.parametrize("text", [None, "swagger: '2.0'", "paths: [", "openapi: 3.0.3"])
def test_what_cannot_be_read_is_2_without_a_traceback(
    text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.yaml"
    if text is not None:
        bad.write_text(text)
    good = files(tmp_path, base(), base())[0]
    for arguments in ([str(bad), good], [good, str(bad)]):
        assert main(["diff", *arguments]) == 2
        output = capsys.readouterr()
        assert "bad.yaml" in output.err
        assert "Traceback" not in output.err
        assert not output.out
