"""The hash-locked requirements of a new project: those that the engine is tested with."""

from __future__ import annotations

import functools
import re
from importlib.resources import files

from openapi_first.project.wheel import DISTRIBUTION, Wheel

OF_THE_HOOK = frozenset({"botocore", "python-dateutil", "six", "urllib3"})
"""botocore with its dependencies: what tries out a new version before it gets traffic calls AWS."""
OF_BOTO3 = OF_THE_HOOK | {"boto3", "s3transfer"}
"""boto3 with its dependencies: the engine's own sample service needs it in the Lambda, and `make
deploy` of a new project on the machine that deploys."""
OF_A_CHECK = frozenset(
    {"ast-serialize", "librt", "mypy", "mypy-extensions", "pathspec", "ruff", "typing-extensions"}
)
"""mypy and ruff with their dependencies, among what the engine's own checks need."""
_INSTALLS_SOURCES = frozenset({"setuptools"})
_BUILT = ("build", "serve", "test")
_ENTRY = re.compile(r"^([a-z0-9-]+)(?:==)[^\n]*\n(?:[ \t]+[^\n]*\n)*", re.MULTILINE)


def locks(wheel: Wheel) -> dict[str, str]:
    """The files in `requirements`, by name, with the hash of the engine's wheel."""
    locked = _locked("lambda")
    lambda_ = {name: text for name, text in locked.items() if name not in OF_BOTO3 - OF_THE_HOOK}
    deploy = {name: text for name, text in locked.items() if name in OF_BOTO3}
    built = {
        extra: {
            name: text for name, text in _locked(extra).items() if name not in _INSTALLS_SOURCES
        }
        for extra in _BUILT
    }
    engine = {
        DISTRIBUTION: f"{DISTRIBUTION}=={wheel.version} \\\n    --hash=sha256:{wheel.sha256}\n"
    }
    found = {"lambda": lambda_, **built}
    return {
        "deploy.txt": _text(deploy),
        "dev.txt": checks(),
        **{f"{name}.txt": _text({**entries, **engine}) for name, entries in found.items()},
    }


def checks() -> str:
    """The lock of mypy and ruff."""
    return _text({name: text for name, text in _locked("dev").items() if name in OF_A_CHECK})


@functools.cache
def locked_modules() -> frozenset[str]:
    """The distributions of a new project, by the names that their modules usually have."""
    locked = (each for name in (*_BUILT, "lambda") for each in _locked(name))
    return frozenset(each.replace("-", "_") for each in (*locked, *OF_A_CHECK))


def _locked(name: str) -> dict[str, str]:
    """The entries of a lock of this version of the engine, by distribution."""
    text = files(__package__).joinpath("project_files", "locks", f"{name}.txt").read_text("utf-8")
    return {found[1]: found[0] for found in _ENTRY.finditer(text)}


def _text(entries: dict[str, str]) -> str:
    return "".join(entries[name] for name in sorted(entries))
