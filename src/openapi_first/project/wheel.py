"""The engine's wheel, which a new project installs from its folder `wheels`."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

from openapi_first.project.errors import NoWheel

DISTRIBUTION = "openapi-first-serverless"
_FILE_NAME = re.compile(r"openapi_first_serverless-([^-/]+)-py3-none-any\.whl")
_REMEDY = "name the file with --wheel FILE"


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel of the engine, of the version that runs here."""

    name: str
    version: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def engine_wheel(given: Path | None) -> Wheel:
    """The wheel in the file `given`, or the one that this engine was installed from.

    Raises NoWheel if there is none, or if it is of another version: the locks of a new project
    are those of this version.
    """
    path = _installed_from() if given is None else given
    found = _FILE_NAME.fullmatch(path.name)
    if found is None:
        raise NoWheel(
            f"{path} is not a wheel of the engine: its name is not {wheel_name('VERSION')}"
        )
    try:
        data = path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except OSError as error:
        raise NoWheel(f"{path}: {error.strerror}; {_REMEDY}") from None
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise NoWheel(f"{path} is not a wheel: {error}") from None
    if f"openapi_first_serverless-{found[1]}.dist-info/METADATA" not in names:
        raise NoWheel(f"{path} is not a wheel of the engine: it has other files")
    running = running_version()
    if running is not None and found[1] != running:
        raise NoWheel(
            f"{path} is version {found[1]} of the engine, and this is {running}: use the wheel of "
            "this version, or install the other one first"
        )
    return Wheel(path.name, found[1], data)


def _installed_from() -> Path:
    """PEP 610: an installation from a file or a URL records it in direct_url.json."""
    try:
        record = json.loads(distribution(DISTRIBUTION).read_text("direct_url.json") or "{}")
        url = urlsplit(record["url"])
        path = Path(unquote(url.path))
        known = url.scheme == "file" and path.suffix == ".whl"
    except (PackageNotFoundError, OSError, ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise NoWheel(
            f"this engine was not installed from a wheel on this machine: {_REMEDY}, as "
            f"`pip download --no-deps {DISTRIBUTION}` or `make wheel` of the engine writes it"
        )
    if not path.is_file():
        raise NoWheel(f"the wheel that this engine came from is gone: {path}; {_REMEDY}")
    return path


def wheel_name(version: str) -> str:
    """The file name of the engine's wheel (PEP 427)."""
    return f"openapi_first_serverless-{version}-py3-none-any.whl"


def running_version() -> str | None:
    """The version of this engine, None if it is not installed."""
    try:
        return distribution(DISTRIBUTION).version
    except PackageNotFoundError:
        return None
