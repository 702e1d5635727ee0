"""The hash locks of this repository hold what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = {
    **{extra: extra for extra in ("build", "serve", "test", "client")},
    **dict.fromkeys(("aws", "dynamodb", "image", "sam"), "sample"),
}


def locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE))


def assert_locked(requirements: list[str], lock: str) -> None:
    versions = locked(lock)
    for text in requirements:
        requirement = Requirement(text)
        if requirement.name != PROJECT["name"]:
            assert requirement.name in versions, f"{lock}.txt lacks {text}; run `make locks`"
            version = versions[requirement.name]
            assert version in requirement.specifier, f"{lock}.txt has {version}, not {text}"


@pytest.mark.parametrize("lock", ["lambda", "build", "serve", "sample", "test", "bench"])
def test_a_lock_holds_the_dependencies(lock: str) -> None:
    assert_locked(PROJECT["dependencies"], lock)


@pytest.mark.parametrize(("extra", "lock"), LOCKS.items())
def test_a_lock_holds_its_extra(extra: str, lock: str) -> None:
    assert_locked(PROJECT["optional-dependencies"][extra], lock)
    assert set(LOCKS) | {"all"} == set(PROJECT["optional-dependencies"])


def test_all_locks_of_one_environment_agree() -> None:
    chosen: dict[str, str] = {}
    for lock in ("lambda", "build", "serve", "sample", "test", "dev"):
        for name, version in locked(lock).items():
            assert chosen.setdefault(name, version) == version, f"{name} in {lock}.txt"


def test_no_source_of_a_lock_repeats_pyproject() -> None:
    declared = {
        Requirement(text).name
        for extra in ("build", "serve", "dynamodb", "image", "sam", "test")
        for text in PROJECT["dependencies"] + PROJECT["optional-dependencies"][extra]
    }
    for name in ("lambda", "build", "serve", "sample", "test", "dev"):
        for line in (ROOT / "requirements" / f"{name}.in").read_text().splitlines():
            if line and not line.startswith(("#", "-")):
                assert Requirement(line).name not in declared, f"{name}.in: {line}"
