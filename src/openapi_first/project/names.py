"""The names of a new project: its folder gives the name of the package and of the image."""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata

from openapi_first.project.errors import CannotInit
from openapi_first.project.locks import locked_modules

_TAKEN = frozenset({"compiled", "conftest", "openapi_first", "proxy_events", "tests"})
"""Modules of every project, beside those of its dependencies."""
_OTHER_MODULES = frozenset(
    {
        *("attr", "dateutil", "dotenv", "graphql", "jwt", "markdown_it", "mypyc"),
        *("py", "rpds", "runtime_client", "yaml"),
    }
)
"""Modules of the dependencies that do not have the names of their distributions."""
_LONGEST = 64


def package_name(given: str | None, folder: str) -> str:
    """The name of the package: `given`, or derived from the folder's name.

    Raises CannotInit for a name that no package of a project can have.
    """
    name = _derived(folder) if given is None else given
    reason = _reason_against(name)
    if reason is None:
        return name
    if given is None:
        raise CannotInit(
            f"the folder name {folder!r} gives no package name: {reason}; use --package NAME"
        )
    raise CannotInit(f"--package {given!r} cannot be a package: {reason}")


def image_name(package: str) -> str:
    """The name of the distribution and of the image, which Docker allows."""
    return package.strip("_").replace("__", "-").replace("_", "-").strip("-")


def title_of(package: str) -> str:
    return f"{package.replace('_', ' ').strip().title()} API"


def _derived(folder: str) -> str:
    plain = unicodedata.normalize("NFKD", folder).encode("ascii", "ignore").decode("ascii")
    return re.sub("[^a-z0-9]+", "_", plain.lower()).strip("_")


def _reason_against(name: str) -> str | None:
    if not re.fullmatch("[a-z][a-z0-9]*(?:_[a-z0-9]+)*", name):
        return (
            "a name has lower-case letters, digits and single underscores, and begins with a letter"
        )
    if len(name) > _LONGEST:
        return f"a name has at most {_LONGEST} characters"
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        return f"{name} is a keyword of Python"
    if name in sys.stdlib_module_names:
        return f"{name} is a module of Python's standard library"
    if name in _TAKEN | _OTHER_MODULES | locked_modules():
        return f"every project already has a module {name}"
    return None
