from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from openapi_first.project.locks import OF_A_CHECK, locks
from openapi_first.project.wheel import DISTRIBUTION, Wheel

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WHEEL = Wheel("openapi_first_serverless-1.0-py3-none-any.whl", "1.0", b"wheel")
LOCKS = locks(WHEEL)


def names(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", LOCKS[f"{lock}.txt"], re.MULTILINE))


def needed(requirements: list[str]) -> set[str]:
    """The distributions that installing the requirements brings here."""
    found: set[str] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        waiting += map(Requirement, importlib.metadata.requires(name) or ())
    return found


def test_the_lambda_gets_what_the_engine_needs_and_nothing_else() -> None:
    wanted = needed([*PROJECT["dependencies"], "botocore"])
    assert names("lambda") == wanted | {DISTRIBUTION}


def test_deploying_gets_boto3_and_nothing_else() -> None:
    # jmespath is in every other lock.
    assert names("deploy") == needed(["boto3"]) - {"jmespath"}


def test_serving_brings_neither_a_local_dynamodb_nor_docker() -> None:
    extras = PROJECT["optional-dependencies"]
    texts = [*extras["serve"], *extras["build"]]
    wanted = needed([text for text in texts if DISTRIBUTION not in text])
    assert names("serve") == needed(PROJECT["dependencies"]) | wanted | {DISTRIBUTION}
    assert not names("serve") & {"boto3", "docker", "moto"}


def test_a_check_gets_mypy_and_ruff() -> None:
    assert names("dev") == needed(["mypy", "ruff"]) == OF_A_CHECK


def test_the_engine_is_locked_by_the_hash_of_its_wheel() -> None:
    for lock in ("lambda", "build", "serve", "test"):
        entry = f"{DISTRIBUTION}==1.0 \\\n    --hash=sha256:{WHEEL.sha256}\n"
        assert LOCKS[f"{lock}.txt"].count(entry) == 1


def test_every_entry_has_a_hash() -> None:
    for text in LOCKS.values():
        for entry in re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]:
            assert re.match(
                r"[a-z0-9-]+==[^\n]+ \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+$", entry
            )
