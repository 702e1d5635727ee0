from __future__ import annotations

import re
from importlib.metadata import packages_distributions

import pytest

from openapi_first.project.errors import CannotInit
from openapi_first.project.locks import locked_modules
from openapi_first.project.names import image_name, package_name


@pytest.mark.parametrize(
    ("folder", "package"),
    [
        ("shop", "shop"),
        ("My Shop", "my_shop"),
        ("my-shop.v2", "my_shop_v2"),
        ("Größe", "gro_e"),
        ("__x__", "x"),
    ],
)
def test_the_folder_gives_the_package_its_name(folder: str, package: str) -> None:
    assert package_name(None, folder) == package.replace("gro_e", "groe")


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("42", "begins with a letter"),
        ("商店", "begins with a letter"),
        ("class", "class is a keyword of Python"),
        ("json", "json is a module of Python's standard library"),
        ("compiled", "every project already has a module compiled"),
        ("boto3", "every project already has a module boto3"),
        ("x" * 65, "at most 64 characters"),
    ],
)
def test_a_name_that_is_no_package_is_refused(folder: str, reason: str) -> None:
    with pytest.raises(CannotInit, match=reason) as derived:
        package_name(None, folder)
    assert "--package NAME" in str(derived.value)
    with pytest.raises(CannotInit, match=reason):
        package_name(folder, "shop")


def test_no_package_hides_a_module_of_a_dependency() -> None:
    locks = {*locked_modules()}
    for module, distributions in packages_distributions().items():
        if re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", module) and locks & {
            re.sub("[-_.]+", "_", each).lower() for each in distributions
        }:
            with pytest.raises(CannotInit, match=r"every project already has|of Python"):
                package_name(module, "shop")


@pytest.mark.parametrize("name", ["My", "a-b", "a.b", "a__b", "a_", "", "a b", "a\n"])
def test_a_given_name_is_taken_as_it_is(name: str) -> None:
    with pytest.raises(CannotInit, match="cannot be a package"):
        package_name(name, "shop")


def test_an_image_has_hyphens() -> None:
    assert image_name("my_shop_v2") == "my-shop-v2"
