"""What the tests of the whole API invoke: this source, or an image (`make test-image`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import recording

pytest_plugins = ["support.stages"]

TESTS = Path(__file__).parent
IMAGE_TESTS = TESTS / "image"
TOOL_TESTS = {
    TESTS / "stack" / name
    for name in ("test_checks.py", "test_swagger_parser.py", "test_translation.py")
}
CALLS_TEST = TESTS / "stack" / "test_calls.py"


def pytest_configure(config: pytest.Config) -> None:
    recording.start(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    recording.stop(config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the run has recorded is known when all else has run."""
    items.sort(key=lambda item: item.path == CALLS_TEST)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tools", type=Path, help="the folder of sam and cfn-lint")
    parser.addoption("--checkov", type=Path, help="the folder of checkov")
    parser.addoption("--swagger-parser", type=Path, help="a Python that has swagger-parser")
    parser.addoption("--image", help="an image of the local Docker engine to test")
    parser.addoption("--emulator", type=Path, help="the file aws-lambda-rie, for such an image")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    needs_image = collection_path == IMAGE_TESTS and not config.getoption("--image")
    needs_tools = collection_path in TOOL_TESTS and not config.getoption("--tools")
    return True if needs_image or needs_tools else None


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not config.getoption("--image"):
        terminalreporter.write_line(
            "Left out: the tests of the image, for which `make test-image` needs a Docker engine."
        )
    if not config.getoption("--tools"):
        terminalreporter.write_line(
            "Left out: the tests of the stack by SAM, checkov and other judges: `make test-stack`."
        )


@pytest.fixture(scope="session")
def function(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The options of `contract serve` that say what to invoke."""
    image = request.config.getoption("--image")
    if image is None:
        return ("--handler", "items.handler.handler")
    emulator = request.config.getoption("--emulator")
    return ("--image", image, *(("--emulator", str(emulator)) if emulator else ()))
