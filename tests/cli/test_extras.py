"""The line that says which extra to install, and that it names the right one for every import."""

from __future__ import annotations

import ast
import functools
import importlib
import importlib.metadata
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from openapi_first.cli.extras import COMMANDS, DISTRIBUTION, PACKAGES, missing_extra

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "src" / "openapi_first"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def third_party(*folders: Path) -> set[str]:
    """The top-level packages that the engine imports, or finds to read their files, and that are
    neither ours nor Python's."""
    found = set()
    for folder in folders:
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    found.add((node.module or "").partition(".")[0])
                elif isinstance(node, ast.Call) and "find_spec" in ast.unparse(node.func):
                    found |= {each.value for each in node.args if isinstance(each, ast.Constant)}
    return found - sys.stdlib_module_names - {ENGINE.name, "compiled"}


def declared(requirements: list[str]) -> Iterator[Requirement]:
    """The requirements, with those of the extras that they refer to."""
    for text in requirements:
        requirement = Requirement(text)
        if requirement.name == PROJECT["name"]:
            for extra in requirement.extras:
                yield from declared(EXTRAS[extra])
        else:
            yield requirement


def installed_by(requirements: list[str]) -> set[str]:
    """The distributions that installing the requirements brings."""
    found: set[str] = set()
    waiting = list(declared(requirements))
    seen = set()
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key not in seen:
            seen.add(key)
            found.add(key[0])
            for text in importlib.metadata.requires(requirement.name) or ():
                needed = Requirement(text)
                if needed.marker is None or any(
                    needed.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)
                ):
                    waiting.append(needed)
    return found


packages_distributions = functools.cache(importlib.metadata.packages_distributions)


def distributions_of(package: str) -> set[str]:
    return {canonicalize_name(name) for name in packages_distributions()[package]}


# What the engine runs as a program, from an environment that the tests do not have.
PROGRAMS = {
    "openapi_generator_cli": "openapi-generator-cli",
    "openapi_python_client": "openapi-python-client",
}


OF_THE_RUNTIME_CLIENT = {"snapshot_restore_py"}
"""Comes with awslambdaric, and is not asked for where that is missing."""
OF_THE_HOOK = {"botocore"}
"""Of the trial before traffic; the project that deploys it asks for the package."""
OF_SAM = {"samcli"}
"""Of what SAM's own Python runs."""


def test_every_import_is_a_dependency_or_has_an_extra_that_brings_it() -> None:
    of_extras = {name for names in PACKAGES.values() for name in names} - PROGRAMS.keys()
    of_lambda = third_party(ENGINE / "core", ENGINE / "runtime")
    of_lambda -= OF_THE_RUNTIME_CLIENT | OF_THE_HOOK
    assert third_party(ENGINE / "runtime" / "pre_traffic") == OF_THE_HOOK
    assert not of_lambda & of_extras
    assert third_party(ENGINE) == of_lambda | of_extras | OF_THE_RUNTIME_CLIENT | OF_SAM
    declared_for_it = {each.name for each in declared(PROJECT["dependencies"])}
    assert set().union(*map(distributions_of, of_lambda)) == declared_for_it
    for extra, packages in PACKAGES.items():
        programs = [package for package in packages if package in PROGRAMS]
        assert {PROGRAMS[each] for each in programs} <= {
            each.name for each in declared(EXTRAS[extra])
        }
        brought = installed_by([text for text in EXTRAS[extra] if not is_program(text)])
        for package in set(packages) - set(programs):
            assert distributions_of(package) & brought, f"{extra} does not bring {package}"


def is_program(text: str) -> bool:
    return Requirement(text).name in PROGRAMS.values()


def test_every_extra_but_the_generators_is_in_all_and_includes_build() -> None:
    everything = set(map(str, declared(EXTRAS["all"])))
    for extra in PACKAGES:
        names = set(map(str, declared(EXTRAS[extra])))
        assert set(map(str, declared(EXTRAS["build"]))) <= names
        assert names <= everything or extra == "client"
    assert set(PACKAGES) | {"all"} == set(EXTRAS)


def test_the_commands_are_modules_and_the_distribution_is_ours() -> None:
    for module, extra in COMMANDS.items():
        importlib.import_module(module)
        assert extra in EXTRAS
    assert PROJECT["name"] == DISTRIBUTION


def raised(package: str, module: str = "openapi_first.documents.source") -> ModuleNotFoundError:
    """As an import of `package` by the code of `module` raises it."""
    code: CodeType = compile(f"raise ModuleNotFoundError(name={package!r})", module, "exec")
    with pytest.raises(ModuleNotFoundError) as caught:
        exec(code, {"__name__": module})
    return caught.value


@pytest.mark.parametrize(
    ("package", "module", "extra"),
    [
        ("yaml", "openapi_first.cli.lint", "build"),
        ("yaml", "openapi_first.cli.serve", "serve"),
        ("jsonschema", "openapi_first.cli.drift", "aws"),
        ("moto", "openapi_first.cli.serve", "dynamodb"),
        ("docker", "openapi_first.cli.serve", "image"),
        ("boto3", "openapi_first.cli.test", "aws"),
        ("openapi_python_client", "openapi_first.clients.generators", "client"),
    ],
)
def test_a_missing_package_of_an_extra_is_one_line(package: str, module: str, extra: str) -> None:
    assert missing_extra(raised(package, module)) == (
        f"this command needs the package {package}, which comes with the extra `{extra}`: "
        f"pip install 'openapi-first-serverless[{extra}]'"
    )


@pytest.mark.parametrize("package", ["pandas", "yaml.nothing", "openapi_first.nothing"])
def test_a_module_that_no_extra_brings_is_not_explained(package: str) -> None:
    assert missing_extra(raised(package)) is None
