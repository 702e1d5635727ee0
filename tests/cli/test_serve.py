from __future__ import annotations

import argparse

import pytest

from openapi_first.cli.serve import preloaded
from openapi_first.project.settings import ProjectSettings


def test_a_module_to_preload_that_is_not_installed_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = ProjectSettings(preload=("json", "botocroe.session", "email.message"))
    options = argparse.Namespace(mock=None, announce=None)
    assert preloaded(options, project) == project.preload
    (line,) = capsys.readouterr().err.splitlines()
    assert line == ("note: [tool.contract] preload has 'botocroe.session', which is not installed")
