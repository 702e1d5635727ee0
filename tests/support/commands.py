"""`contract` in the process of the tests, which has imported already what each command needs."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

from openapi_first.cli.main import main
from support.serving import ROOT


def contract(
    *arguments: str, folder: Path = ROOT, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a command in a folder, with these variables added to the environment's; an API key is
    taken from them only."""
    output, errors = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
        mock.patch.dict(os.environ),
    ):
        os.environ.pop("API_KEY", None)
        os.environ.update(environment or {})
        try:
            status = main(arguments)
        except SystemExit as exit:
            status = int(exit.code or 0)
    return subprocess.CompletedProcess(arguments, status, output.getvalue(), errors.getvalue())
