from __future__ import annotations

from pathlib import Path

import pytest

from openapi_first.cli.main import main

CONTRACT = """\
openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /a:
    get:
      operationId: getA
      parameters: [{name: q, in: query, schema: {type: string, format: colour}}]
      responses: {"200": {description: Done}}
"""


def lint(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    accepted: str,
    *options: str,
    format: str = "colour",
) -> int:
    (folder / "openapi.yaml").write_text(CONTRACT.replace("colour", format))
    (folder / "pyproject.toml").write_text(f"[tool.contract]\naccepted_findings = {accepted}\n")
    monkeypatch.chdir(folder)
    return main(["lint", *options])


def test_an_accepted_finding_passes_and_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint(tmp_path, monkeypatch, "[]") == 1
    assert "[unknown-format]" in capsys.readouterr().out
    assert lint(tmp_path, monkeypatch, '["unknown-format"]') == 0
    printed = capsys.readouterr()
    assert "[unknown-format]" not in printed.out
    assert printed.err == ("1 accepted, by accepted_findings in [tool.contract]: unknown-format\n")


def test_all_findings_include_those_that_are_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint(tmp_path, monkeypatch, '["unknown-format"]', "--all") == 0
    assert "[unknown-format]" in capsys.readouterr().out


def test_what_is_accepted_and_no_longer_found_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint(tmp_path, monkeypatch, '["unknown-format"]', format="date") == 0
    assert capsys.readouterr().err == (
        "unknown-format: not found any more: remove it from accepted_findings in [tool.contract]\n"
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [("unknown-fromat", "did you mean unknown-format?"), ("xyz", "only 'enforced nowhere' can be")],
)
def test_a_rule_that_cannot_be_accepted_is_an_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    hint: str,
) -> None:
    assert lint(tmp_path, monkeypatch, f'["{name}"]') == 2
    printed = capsys.readouterr().err
    assert f"accepted_findings has {name}, which cannot be accepted; {hint}" in printed
