"""What `contract drift` prints, and its exit statuses."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from drift.changing import INTEGRATION, LIST
from drift.control_plane_server import ControlPlaneServer
from drift.exported_api import exported
from drift.imported_api import API_ID, REGION, RestApi
from openapi_first.cli.main import main

ROOT = Path(__file__).parents[2]


def drift_command(*arguments: str) -> list[str]:
    contract = str(ROOT / "openapi.yaml")
    return ["drift", contract, "--rest-api-id", API_ID, "--region", REGION, *arguments]


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    output = capsys.readouterr()
    assert not output.out
    (line,) = output.err.splitlines()
    return line


def test_the_command_reports_in_sync_and_reads_only(
    deployed: RestApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plane = ControlPlaneServer(deployed, {"prod": deployed})
    with plane.running() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", url)
        assert main(drift_command("--stage", "prod")) == 0
    assert capsys.readouterr().out == (f"stage prod of REST API {API_ID} in {REGION}: in sync\n")
    assert any("position=" in call for call in plane.calls), "reads all pages"


def test_the_command_reports_what_was_edited_and_how_to_fix_it(
    deployed: RestApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = copy.deepcopy(deployed)
    edited.method("/items", "GET")["methodIntegration"]["timeoutInMillis"] = 5000
    with ControlPlaneServer(edited, {"prod": deployed}).running() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", url)
        assert main(drift_command("--stage", "prod")) == 1
        text = capsys.readouterr().out
        assert main(drift_command("--stage", "prod", "--format", "json")) == 1
        report = json.loads(capsys.readouterr().out)
    assert f"edited by hand: #{LIST}/get/{INTEGRATION}/timeoutInMillis" in text
    assert "contract  29000" in text
    assert "API now   5000" in text
    assert "`make deploy REIMPORT=1`" in text
    assert report["state"] == "edited by hand"
    (difference,) = report["differences"]
    assert (difference["contract"], difference["api"], difference["stage"]) == (29000, 5000, 29000)


def test_the_command_reports_a_stale_deployment(
    deployed: RestApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = copy.deepcopy(deployed)
    del stale.resource("/items/{id}")["resourceMethods"]["PUT"]
    with ControlPlaneServer(deployed, {"prod": stale}).running() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", url)
        assert main(drift_command("--stage", "prod")) == 1
    text = capsys.readouterr().out
    assert "stale deployment" in text
    assert f"create-deployment --rest-api-id {API_ID} --stage-name prod" in text


def test_a_saved_export_needs_no_aws(
    deployed: RestApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(exported(deployed, "prod")))
    contract = str(ROOT / "openapi.yaml")
    assert main(["drift", contract, "--export", str(path)]) == 0
    edited = copy.deepcopy(deployed)
    edited.method("/items", "GET")["apiKeyRequired"] = False
    path.write_text(json.dumps(exported(edited, "prod")))
    assert main(["drift", contract, "--export", str(path)]) == 1
    assert f"#{LIST}/get/security (apiKey)" in capsys.readouterr().out
    for text in ("[]", "openapi: 3.0.1", '{"paths": {"/a": 5}}', '{"paths": {}, "components": []}'):
        capsys.readouterr()
        path.write_text(text)
        assert main(["drift", contract, "--export", str(path)]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_api_or_a_stage_that_is_not_there_is_one_line(
    deployed: RestApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ControlPlaneServer(deployed, {"prod": deployed, "dev": deployed}).running() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", url)
        assert main(drift_command("--stage", "prd")) == 2
        assert "has no stage prd; it has dev, prod" in one_line(capsys)
        assert main([*drift_command("--stage", "prod"), "--rest-api-id", "zzz"]) == 2
        assert f"there is no REST API zzz in {REGION}" in one_line(capsys)


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        ((429, "TooManyRequestsException", "Too Many Requests"), "try again in a minute"),
        ((403, "AccessDeniedException", "User: x is not authorized"), "not authorized"),
        ((400, "BadRequestException", "JSON body models are not found"), "JSON body models"),
    ],
)
def test_a_refusal_is_one_line(
    failure: tuple[int, str, str],
    message: str,
    deployed: RestApi,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plane = ControlPlaneServer(
        deployed, {"prod": deployed}, fail=lambda path: failure if "exports" in path else None
    )
    with plane.running() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", url)
        assert main(drift_command("--stage", "prod")) == 2
    assert message in one_line(capsys)


def test_missing_credentials_region_or_profile_are_one_line(
    deployed: RestApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = str(ROOT / "openapi.yaml")
    assert main(["drift", contract, "--rest-api-id", API_ID, "--stage", "prod"]) == 2
    assert "region" in one_line(capsys)
    assert main(drift_command("--stage", "prod", "--profile", "none")) == 2
    assert "none" in one_line(capsys)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with ControlPlaneServer(deployed, {"prod": deployed}).running() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", url)
        assert main(drift_command("--stage", "prod")) == 2
    assert "credentials" in one_line(capsys)


def test_an_endpoint_that_does_not_answer_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", "http://127.0.0.1:9")
    assert main(drift_command("--stage", "prod")) == 2
    assert "127.0.0.1:9" in one_line(capsys)


@pytest.mark.parametrize(
    "arguments",
    [[], ["--stage", "prod"], ["--rest-api-id", "x"], ["--export", "x", "--stage", "prod"]],
)
def test_wrong_use_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drift", *arguments]) == 2
    assert one_line(capsys).startswith("contract drift: ")
