from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from openapi_first.clients.versions import npm_version, python_version


@pytest.mark.parametrize(
    ("version", "python", "npm"),
    [
        ("1.0.0", "1.0.0", "1.0.0"),
        ("1", "1", "1.0.0"),
        ("v2.1", "2.1", "2.1.0"),
        ("1.0.27-SNAPSHOT", "1.0.27", "1.0.27-SNAPSHOT"),
        ("2026-01-28", "2026.1.28", "2026.1.28"),
        ("1.2.3rc1", "1.2.3rc1", "1.2.3"),
        ("next", "0", "0.0.0"),
    ],
)
def test_a_package_gets_a_version_that_its_registry_takes(
    version: str, python: str, npm: str
) -> None:
    assert python_version(version) == python
    assert npm_version(version) == npm


@given(st.text("0123456789.-abrcv+ ", max_size=30) | st.text(max_size=10))
def test_any_version_of_an_api_gives_one(version: str) -> None:
    Version(python_version(version))
    assert re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z-]+)?", npm_version(version))
