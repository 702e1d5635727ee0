"""A project of an older version: the running version with other text in some of its files."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from openapi_first.project.new_project import new_project
from openapi_first.project.wheel import DISTRIBUTION, wheel_name

VERSION = version(DISTRIBUTION)
OLDER = "0.0.1"


@dataclass(frozen=True)
class Project:
    folder: Path

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def was(self, name: str, old: str, new: str) -> None:
        """The older version wrote `old` where this one writes `new`."""
        for path in (self / name, self / ".contract/base" / name):
            text = path.read_text()
            assert new in text
            path.write_text(text.replace(new, old, 1))

    def edit(self, name: str, old: str, new: str) -> None:
        """The team changes a file."""
        text = (self / name).read_text()
        assert old in text
        (self / name).write_text(text.replace(old, new, 1))

    def state(self) -> dict[str, tuple[bytes, int]]:
        """The bytes and the mode of each file."""
        return {
            str(path.relative_to(self.folder)): (path.read_bytes(), path.stat().st_mode)
            for path in self.folder.rglob("*")
            if path.is_file() and ".git" not in path.relative_to(self.folder).parts
        }


def write_wheel(folder: Path, number: str = VERSION) -> Path:
    path = folder / wheel_name(number)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"openapi_first_serverless-{number}.dist-info/METADATA", "")
    return path


def older_project(folder: Path) -> Project:
    """In `folder`; its parent gets the wheel of the running version."""
    new_project(folder, None, None, write_wheel(folder.parent))
    return make_older(Project(folder))


def make_older(project: Project) -> Project:
    """Of version 0.0.1, whose wheel and pins it gets."""
    for name in ("lambda", "build", "serve", "test"):
        project.was(
            f"requirements/{name}.txt", f"{DISTRIBUTION}=={OLDER}", f"{DISTRIBUTION}=={VERSION}"
        )
        project.was(f"requirements/{name}.in", f"=={OLDER}", f"=={VERSION}")
    (project / "wheels" / wheel_name(VERSION)).unlink()
    write_wheel(project / "wheels", OLDER)
    answers = project / ".contract/answers.json"
    answers.write_text(json.dumps({**json.loads(answers.read_text()), "engine": OLDER}))
    return project
