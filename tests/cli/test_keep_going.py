"""`--keep-going` at the command line, and what a contract that cannot be read leaves behind."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path
from types import ModuleType

import pytest

from openapi_first.cli.main import main
from openapi_first.runtime.startup import StartError, functions_of

CONTRACT = """\
openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /sound: {get: {responses: {default: {description: d}}}}
  /broken: {get: {responses: {}, x: 1}}
"""
OUTPUTS = {"compile": "compiled.py", "types": "types.py", "gateway": "gateway.json"}


@pytest.fixture(name="contract")
def _contract(tmp_path: Path) -> Path:
    path = tmp_path / "openapi.yaml"
    path.write_text(CONTRACT)
    return path


@pytest.mark.parametrize("command", OUTPUTS)
def test_the_errors_are_listed_and_the_rest_is_written(
    command: str, contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = contract.with_name(OUTPUTS[command])
    arguments = [command, str(contract), "-o", str(output)]
    assert main(arguments) == 2
    assert not output.exists()
    without = capsys.readouterr().err
    assert main([*arguments, "--keep-going"]) == 0
    assert "sound" in output.read_text()
    assert "broken" not in output.read_text().replace("SKIPPED = ('get_broken',)", "")
    assert capsys.readouterr().err == f"{without}1 of 2 operations skipped: GET /broken\n"


@pytest.mark.parametrize("version", ["openapi: 3.0.3", "openapi: 3.1.0", "swagger: '2.0'"])
def test_a_path_without_a_slash_is_one_error_and_does_not_end_it(
    version: str, contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = CONTRACT.replace("openapi: 3.0.3", version).replace("/broken", "broken")
    contract.write_text(
        text.replace("responses: {}, x: 1", "responses: {default: {description: d}}")
    )
    output = contract.with_name("compiled.py")
    assert main(["compile", str(contract), "-o", str(output), "--keep-going"]) == 0
    assert capsys.readouterr().err.count("openapi.yaml:") == 1


@pytest.mark.parametrize("wrong", ["tags: [5]", "tags: 5"])
@pytest.mark.parametrize("command", OUTPUTS)
def test_what_only_describes_the_document_does_not_end_it(
    wrong: str, command: str, contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contract.write_text(f"{CONTRACT}{wrong}\n")
    output = contract.with_name(OUTPUTS[command])
    assert main([command, str(contract), "-o", str(output), "--keep-going"]) == 0
    assert "sound" in output.read_text()
    assert "#/tags" in capsys.readouterr().err


def test_lint_judges_the_operations_that_are_left(contract: Path) -> None:
    assert main(["lint", str(contract)]) == 2
    assert main(["lint", str(contract), "--keep-going"]) == 0


def test_status_1_stays_when_the_import_refuses_every_operation(contract: Path) -> None:
    contract.write_text(CONTRACT.replace("get", "trace").replace("  /broken", "x-a"))
    assert main(["gateway", str(contract)]) == 1
    assert main(["gateway", str(contract), "--keep-going"]) == 1


def test_functions_of_skipped_operations_may_exist() -> None:
    service = ModuleType("service")
    exec("def get_sound(): ...\ndef get_broken(): ...\ndef other(): ...", vars(service))
    service.get_sound.__module__ = service.get_broken.__module__ = "service"
    service.other.__module__ = "service"
    with pytest.raises(StartError) as caught:
        functions_of(service, {"get_sound": ()}, ("get_broken",))
    assert "service.other serves no operation" in str(caught.value)
    assert len(caught.value.reasons) == 1


@pytest.mark.parametrize("command", ["compile", "types", "gateway", "fix"])
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"openapi": "3.0.3", "paths": {', ".json:1: is not JSON"),
        ("[" * 100_000, ".json:1: is nested too deeply"),
        ('{"a":\n' * 100_000, ".json:151: is nested too deeply"),
        ("", "is empty"),
    ],
)
def test_a_contract_that_cannot_be_read_leaves_the_output_as_it_was(
    command: str, text: str, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contract, output = tmp_path / "openapi.json", tmp_path / "output"
    contract.write_text(text)
    output.write_text("before")
    assert (
        main([command, str(contract), "-o", str(output)] + ["--keep-going"] * (command != "fix"))
        == 2
    )
    error = capsys.readouterr().err
    assert place in error
    assert len(error.splitlines()) == 1
    assert output.read_text() == "before"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["openapi.json", "output"]


def test_contract_test_judges_the_operations_that_are_left_and_names_the_others(
    contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Stage(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/sound" else 403)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

        do_POST = do_PUT = do_OPTIONS = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    skipped = "1 of 2 operations"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stage) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        arguments = ["test", f"http://127.0.0.1:{server.server_port}", str(contract)]
        assert main([*arguments, "--phase", "boundary"]) == 2
        assert "promises kept" not in capsys.readouterr().out
        options = (
            "--keep-going",
            "--phase",
            "boundary",
            "--phase",
            "generated",
            "--max-examples",
            "2",
        )
        status = main([*arguments, *options])
        server.shutdown()
        thread.join()
    printed = capsys.readouterr()
    assert status == 0, printed.out + printed.err
    assert f"{skipped} skipped: GET /broken" in printed.err
    note = f"note: not judged: {skipped}, which have errors in the contract: GET /broken"
    assert note in printed.out
