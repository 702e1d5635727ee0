"""The translated template, once for all tests of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stack.translation import translated


@pytest.fixture(scope="session")
def python(tools: Path) -> Path:
    """The one that has aws-sam-translator."""
    return tools / "python"


@pytest.fixture(scope="session")
def template(python: Path) -> dict[str, Any]:
    return translated(python)
