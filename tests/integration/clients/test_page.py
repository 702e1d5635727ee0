"""What docs/clients.md tells a reader to type works, and prints what it shows."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from support.console.pages import read_page
from support.console.reader import follow
from support.serving import ROOT

pytestmark = pytest.mark.timeout(300)
# A client is installed beside the engine, without a package index; the rest is installed already.
_PIP = """\
case "$*" in
  *./clients/*) exec {python} -m pip install --quiet --no-index --no-deps --no-build-isolation \
    --target {packages} ./clients/python;;
esac
exit 0
"""
_NPM = """\
test -d node_modules || cp -r {root}/node_modules .
case "$1" in install) exec ln -s "$PWD/$2" node_modules/items-api-client;; esac
exec {npm} "$@"
"""
_COMMANDS = {
    "contract": 'case "$1" in client) exec {python} -m openapi_first "$@";; esac\n'
    'exec {tests} -m openapi_first "$@"\n',
    "python": 'case "$1 $2" in "-m pip") exit 0;; esac\nexec {python} "$@"\n',
    "pip": _PIP,
    "npm": _NPM,
    "npx": 'npm_config_update_notifier=false exec {npx} "$@"\n',
}


def test_the_page_is_true(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    places = {
        "python": Path(request.config.getoption("--generators")).absolute(),
        "tests": sys.executable,
        "packages": tmp_path / "scratch" / "packages",
        "npm": shutil.which("npm"),
        "npx": shutil.which("npx"),
        "root": ROOT,
    }
    commands = {name: "#!/bin/sh\n" + script.format(**places) for name, script in _COMMANDS.items()}
    follow(read_page(ROOT / "docs" / "clients.md"), tmp_path, slow=True, commands=commands)
