"""`contract serve --mock` as its users start it, and contract tests against it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from openapi_first.cli.main import main
from support.serving import ROOT, serving

_CONTRACT = """
openapi: 3.0.3
info: {title: Notes, version: "1"}
security: [{bearer: []}]
paths:
  /notes:
    post:
      operationId: addNote
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}
      responses:
        "201":
          description: It.
          content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}
  /notes/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
    get:
      operationId: getNote
      responses:
        "200":
          description: It.
          content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}
        "404": {description: None.}
  /broken:
    get: {responses: {"200": {$ref: "#/components/responses/none"}}}
components:
  securitySchemes: {bearer: {type: http, scheme: bearer}}
  schemas:
    Note:
      type: object
      required: [id, text]
      properties:
        id: {type: string, format: uuid, readOnly: true}
        text: {type: string}
"""
_SETTINGS = """
[tool.contract]
handler = "nowhere.handler"
setup = "nowhere.table"
[tool.contract.authorizers.bearer]
type = "jwt"
issuer = "https://issuer.example"
audiences = ["notes"]
"""
_UNKNOWN = "/notes/5f0c6a0e-6d6f-4d9c-9d54-3f1f4ce9c1a7"


def test_a_contract_alone_is_served_with_tokens_and_reloaded(tmp_path: Path) -> None:
    contract = tmp_path / "openapi.yaml"
    contract.write_text(_CONTRACT)
    (tmp_path / "pyproject.toml").write_text(_SETTINGS)
    mock = ("--mock=crud",)
    with serving(tmp_path, "--keep-going", function=mock) as server, requests.Session() as session:
        base = server.base_url
        assert not any("DynamoDB" in line for line in server.lines), "there is none for a mock"
        assert session.post(f"{base}/notes", json={"text": "a"}, timeout=10).status_code == 401
        token = server.wait_for(r"TOKEN=(\S+)")[1]
        session.headers["Authorization"] = f"Bearer {token}"
        made = session.post(f"{base}/notes", json={"text": "a"}, timeout=10)
        assert made.status_code == 201
        path = f"{base}/notes/{made.json()['id']}"
        assert session.get(path, timeout=10).json() == made.json()
        assert session.get(base + _UNKNOWN, timeout=10).status_code == 404
        assert session.post(f"{base}/notes", json={"text": 1}, timeout=10).status_code == 400
        seen = len(server.lines)
        contract.write_text(_CONTRACT.replace("text: {type: string}", "text: {type: integer}"))
        server.wait_for("changed: reloaded", after=seen)
        assert session.post(f"{base}/notes", json={"text": 1}, timeout=10).status_code == 201
        assert session.get(path, timeout=10).json()["text"] == 1, (
            "it begins again, with the same ids"
        )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--mock", "--handler", "a.b"], "not allowed with argument"),
        (["--mock", "--mock=crud"], "not allowed with argument"),
        (["--mock=cruft"], "cruft"),
        (["--mock", "--setup", "a"], "--mock excludes --setup and --document"),
        (["--mock", "--document", "a.json"], "--mock excludes --setup and --document"),
        (["--mock", "--debug"], "--debug requires a handler that runs here"),
        (["--mock", "--mock-seed", "x"], "is not a whole number"),
    ],
)
def test_what_a_mock_excludes_is_said(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "openapi.yaml").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        raise SystemExit(main(["serve", *arguments]))
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.timeout(600)
def test_contract_tests_find_nothing_in_a_mock(tmp_path: Path, everything: bool) -> None:
    services = sorted((ROOT / "tests" / "support" / "services").glob("*/openapi.yaml"))
    for contract in [ROOT / "openapi.yaml", *services] if everything else []:
        with serving(contract.parent, function=("--mock=crud",)) as server:
            token = server.wait_for(r"TOKEN=(\S+)")[1] if "accounts" in str(contract) else ""
            credential = ("--credential", "session=TOKEN") if token else ()
            report = subprocess.run(
                [
                    *(sys.executable, "-m", "openapi_first", "test", server.base_url),
                    *(str(contract), "--format", "json", "--max-examples", "5"),
                    *("--api-key", "local-development-key", *credential),
                ],
                capture_output=True,
                text=True,
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "TOKEN": token},
                check=False,
            )
        found = json.loads(report.stdout)["findings"]
        assert [each["check"] for each in found] == [], contract
