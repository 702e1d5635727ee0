"""The translated template, once for all tests of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stack.translation import translated


@pytest.fixture(scope="session")
def python(request: pytest.FixtureRequest) -> Path:
    """The Python that has aws-sam-translator."""
    folder: Path = request.config.getoption("--tools")
    return folder.resolve() / "python"


@pytest.fixture(scope="session")
def template(python: Path) -> dict[str, Any]:
    return translated(python)
