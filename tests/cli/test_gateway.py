"""`contract gateway` writes the import document in a form that its readers take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from openapi_first.cli.gateway import indented_json
from openapi_first.cli.main import main

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below),
    max_leaves=12,
)

SHARED = """\
openapi: 3.0.3
info: {title: t, version: "1"}
security: [{key: [], other: []}]
components:
  securitySchemes:
    key: &key {type: apiKey, in: header, name: x-api-key}
    other: *key
paths:
  /a: {get: {responses: {default: {description: d}}}}
  /b: {get: {responses: {default: {description: d}}}}
"""


def test_the_yaml_has_no_aliases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CloudFormation reads none (AWS: template-formats)."""
    path = tmp_path / "openapi.yaml"
    path.write_text(SHARED)
    assert main(["gateway", str(path)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert main(["gateway", "--format", "yaml", str(path)]) == 0
    text = capsys.readouterr().out
    assert yaml.safe_load(text) == document
    assert not any(isinstance(each, yaml.AliasEvent) for each in yaml.parse(text))


def test_a_dash_is_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("openapi.yaml").write_text(SHARED)
    for command in ("gateway", "types"):
        assert main([command]) == 0
        expected = capsys.readouterr().out
        assert main([command, "-o", "-"]) == 0
        assert capsys.readouterr().out == expected
    for command in ("compile", "fix"):
        assert main([command, "-o", "-"]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["openapi.yaml"]


TWO_AUTHORIZERS = """\
openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /a:
    get:
      operationId: getA
      security: [{one: []}, {two: []}]
      responses: {"200": {description: Done}}
components:
  securitySchemes:
    one: {type: http, scheme: bearer}
    two: {type: http, scheme: bearer}
"""


def test_an_operation_with_two_authorizers_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(TWO_AUTHORIZERS)
    table = (
        '[tool.contract.authorizers.{}]\ntype = "jwt"\nissuer = "https://x"\naudiences = ["a"]\n'
    )
    settings = tmp_path / "pyproject.toml"
    settings.write_text(table.format("one") + table.format("two"))
    assert main(["gateway", str(path)]) == 1
    assert f"{path}:7: getA has an authorizer for each of one, two" in capsys.readouterr().err
    settings.write_text(table.format("one") + '[tool.contract.authorizers.two]\ntype = "service"\n')
    assert main(["gateway", str(path)]) == 0


@given(VALUES)
def test_the_document_is_written_as_the_standard_library_writes_it(value: Any) -> None:
    assert indented_json(value) == json.dumps(value, indent=2, ensure_ascii=False)
