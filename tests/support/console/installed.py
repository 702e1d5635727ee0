"""What a reader has installed: the engine of this repository, and every package that it needs.

Installing takes longer than everything else on a page together. So `python3 -m venv` makes an
environment that has the packages of the tests, and `pip install` finds that all is there. The tests
of the wheel install the packages into empty environments.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from openapi_first.project.wheel import DISTRIBUTION, wheel_name
from support.console.older_project import VERSION

WHEEL = wheel_name(VERSION)
# Those of an outer make, of pytest and of a shell that has called `contract` before.
_NOT_A_READERS = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "API_KEY"}
_PYTHON = """\
#!/bin/sh
case "$1 $2" in
  "-m venv") eval "folder=\\${$#}"; mkdir -p "$folder" && exec ln -sfn %(bin)s "$folder/bin";;
  "-m pip") exit 0;;
esac
exec %(python)s "$@"
"""
# In part, as for other tests that generate data.
_CONTRACT = """\
#!/bin/sh
case "$1" in test) shift; set -- test --max-examples 2 "$@";; esac
exec %(python)s -m openapi_first "$@"
"""
_COMMANDS = {
    "python": _PYTHON,
    "python3": _PYTHON,
    "contract": _CONTRACT,
    "pip": "#!/bin/sh\nexit 0\n",
    "activate": "PATH=%(bin)s:$PATH\n",
}


def installed(
    scratch: Path, wheel: Path, sources: Path, own: Mapping[str, str]
) -> Mapping[str, str]:
    """The environment of a shell that has the engine in `sources` installed, from the wheel.

    `own` are scripts of other commands, by name.
    """
    commands, packages = scratch / "bin", scratch / "packages"
    commands.mkdir()
    for file in Path(sys.executable).parent.iterdir():
        if not file.name.startswith(("activate", "Activate", "pip", "python")):
            (commands / file.name).symlink_to(file)
    places = {"python": sys.executable, "bin": commands}
    scripts = {name: script % places for name, script in _COMMANDS.items()}
    for name, script in {**scripts, **own}.items():
        (commands / name).unlink(missing_ok=True)
        (commands / name).write_text(script)
        (commands / name).chmod(0o755)
    information = packages / f"{WHEEL.removesuffix('-py3-none-any.whl')}.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {DISTRIBUTION}\nVersion: {VERSION}\n"
    )
    (information / "direct_url.json").write_text(f'{{"url": "{wheel.as_uri()}"}}')
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _NOT_A_READERS and not name.startswith("PYTEST_")
    }
    path = [str(packages), str(sources), os.environ.get("PYTHONPATH", "")]
    return {
        **kept,
        "HOME": str(scratch),
        "NO_COLOR": "1",
        "PATH": os.pathsep.join((str(commands), os.environ["PATH"])),
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
        "PORT": "0",
        "PIP_NO_INDEX": "1",
        **{
            f"GIT_{who}_{what}": "reader"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    }
