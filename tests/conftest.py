"""What the tests of the whole API invoke: this source, or an image (`make test-image`)."""

from __future__ import annotations

from pathlib import Path

import pytest

IMAGE_TESTS = Path(__file__).parent / "image"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--image", help="an image of the local Docker engine to test")
    parser.addoption("--emulator", type=Path, help="the file aws-lambda-rie, for such an image")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if collection_path == IMAGE_TESTS and not config.getoption("--image") else None


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not config.getoption("--image"):
        terminalreporter.write_line(
            "Left out: the tests of the image, for which `make test-image` needs a Docker engine."
        )


@pytest.fixture(scope="session")
def function(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The options of `contract serve` that say what to invoke."""
    image = request.config.getoption("--image")
    if image is None:
        return ("--handler", "items.handler.handler")
    emulator = request.config.getoption("--emulator")
    return ("--image", image, *(("--emulator", str(emulator)) if emulator else ()))
