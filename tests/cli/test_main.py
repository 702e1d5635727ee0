"""The command line as a whole: what it loads, how errors end, what its output may run into."""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from openapi_first.cli import lint
from openapi_first.cli import main as main_module
from openapi_first.cli.main import main
from openapi_first.cli.options.shared import Parser

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
CONTRACT = str(ROOT / "openapi.yaml")
HEAVY = ("compiler", "conformance", "diff", "drift", "import_document", "lint", "openapi")
HEAVY += ("patterns", "python_types", "runtime", "schemas", "serving", "stage")


def contract(
    *arguments: str, folder: Path = ROOT, **streams: int
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "openapi_first", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        text=True,
        timeout=60,
        check=False,
        **({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams),
    )


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes `contract lint` raise an exception."""

    def fail(error: BaseException) -> None:
        def run(options: object) -> int:
            raise error

        monkeypatch.setattr(lint, "_run", run)

    return fail


def test_help_loads_no_part_of_the_engine_but_the_command_line() -> None:
    script = (
        "import sys\n"
        "from openapi_first.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print('\\n'.join(sys.modules))"
    )
    for arguments in (["--help"], ["--version"], ["serve", "--help"], ["test", "--help"]):
        loaded = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\n")
        assert "openapi_first.cli.serve" in loaded
        assert not [f"openapi_first.{name}" for name in HEAVY if f"openapi_first.{name}" in loaded]
        for package in ("yaml", "starlette", "jsonschema", "boto3", "openapi_core"):
            assert package not in loaded


def test_the_version_is_that_of_the_distribution(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib import metadata

    def nothing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    for version, shown in ((lambda name: "1.2.3", "1.2.3"), (nothing, "unknown (not installed)")):
        monkeypatch.setattr(metadata, "version", version)
        with pytest.raises(SystemExit) as caught:
            main(["--version"])
        assert caught.value.code == 0
        assert capsys.readouterr().out == f"openapi-first-serverless {shown}\n"


def test_an_unexpected_exception_is_one_line_that_says_what_to_report(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(KeyError("a\nb" * 1000))
    assert main(["lint"]) == 2
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert printed.out == ""
    assert re.match(r"contract: unexpected KeyError: .* \(openapi-first-serverless \S+", line)
    assert line.endswith("Please report it with what the same command prints with --traceback.")
    assert len(line) < 500


@pytest.mark.parametrize("arguments", [["--traceback", "lint"], ["lint", "--traceback"]])
@pytest.mark.parametrize("error", [KeyError("name"), OSError(28, "No space left on device")])
def test_the_traceback_is_shown_on_request(
    arguments: list[str],
    error: Exception,
    failing: Callable[[BaseException], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing(error)
    assert main(arguments) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1].startswith("contract: ")


def test_a_package_that_is_missing_is_one_line_with_what_to_install(
    failing: Callable[[BaseException], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {"boto3": "install the extra"}
    monkeypatch.setattr(main_module, "missing_extra", lambda error: known.get(error.name or ""))
    failing(ModuleNotFoundError("No module named 'boto3'", name="boto3"))
    assert main(["lint"]) == 2
    assert capsys.readouterr().err == "contract: install the extra\n"
    failing(ModuleNotFoundError("No module named 'own'", name="own"))
    assert main(["lint"]) == 2
    assert "unexpected ModuleNotFoundError: No module named 'own'" in capsys.readouterr().err


def test_an_error_of_the_system_names_the_file(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(PermissionError(13, "Permission denied", "made.json"))
    assert main(["lint"]) == 2
    assert capsys.readouterr().err == "contract: made.json: Permission denied\n"


def test_an_interrupt_is_130_without_a_word(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGINT)
    failing(KeyboardInterrupt())
    assert main(["lint"]) == 130
    assert capsys.readouterr().err == ""
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_an_output_that_is_full_is_one_line() -> None:
    judged = (("lint", CONTRACT), ("gateway", CONTRACT), ("types", CONTRACT))
    for arguments in (*judged, ("--help",), ("--version",), ("lint", "--help")):
        with Path("/dev/full").open("wb") as output:
            done = contract(*arguments, stdout=output.fileno())
        assert (done.returncode, done.stderr) == (2, "contract: No space left on device\n")


def test_an_output_that_is_closed_is_no_error() -> None:
    for command in ("lint", "gateway"):
        line = f'exec "$0" -m openapi_first {command} "$1" >&-'
        done = subprocess.run(
            ["sh", "-c", line, sys.executable, CONTRACT],
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            stderr=subprocess.PIPE,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_has_ended_is_no_error() -> None:
    for arguments in (("lint", CONTRACT, "--all"), ("gateway", CONTRACT), ("types", CONTRACT)):
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "wb") as output:
            done = contract(*arguments, stdout=output.fileno())
        assert (done.returncode, done.stderr) == (141, "")


def test_help_names_the_default_of_each_option() -> None:
    commands = Parser().add_subparsers()
    for add in main_module._COMMANDS:
        add(commands)
    unnamed = [
        f"{name} {action.option_strings[0]}"
        for name, command in commands.choices.items()
        for action in command._actions
        if action.option_strings and action.default not in (None, False, [], argparse.SUPPRESS)
        if "default" not in (action.help or "")
    ]
    assert unnamed == []
