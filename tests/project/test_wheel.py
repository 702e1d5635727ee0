from __future__ import annotations

import hashlib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from openapi_first.project.errors import NoWheel
from openapi_first.project.wheel import DISTRIBUTION, engine_wheel

VERSION = version(DISTRIBUTION)


def wheel(folder: Path, number: str = VERSION, inside: str | None = None) -> Path:
    path = folder / f"openapi_first_serverless-{number}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(inside or f"openapi_first_serverless-{number}.dist-info/METADATA", "")
    return path


def test_a_wheel_is_known_by_its_hash(tmp_path: Path) -> None:
    path = wheel(tmp_path)
    found = engine_wheel(path)
    assert (found.name, found.version) == (path.name, VERSION)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_is_no_wheel_of_this_engine_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other-1.0-py3-none-any.whl"
    other.write_bytes(b"")
    with pytest.raises(NoWheel, match="is not a wheel of the engine"):
        engine_wheel(other)
    with pytest.raises(NoWheel, match=f"is version 9.9.9 of the engine, and this is {VERSION}"):
        engine_wheel(wheel(tmp_path, "9.9.9"))
    with pytest.raises(NoWheel, match="it has other files"):
        engine_wheel(wheel(tmp_path, inside="x"))
    broken = wheel(tmp_path)
    broken.write_bytes(b"PK")
    with pytest.raises(NoWheel, match="is not a wheel: "):
        engine_wheel(broken)
    broken.unlink()
    with pytest.raises(NoWheel, match="No such file or directory; name the file with --wheel"):
        engine_wheel(broken)


def test_an_installation_without_a_wheel_asks_for_one() -> None:
    with pytest.raises(NoWheel, match=r"was not installed from a wheel.*--wheel FILE"):
        engine_wheel(None)
