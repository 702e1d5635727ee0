"""`make sbom` lists each package that the image holds, and nothing that it does not."""

from __future__ import annotations

import json
import re
import tomllib
from email.parser import HeaderParser
from pathlib import PurePosixPath
from typing import Any

import pytest

from image.conftest import ROOT, Image, files_of
from openapi_first.compiler.licences import LIST, allowed_in, not_allowed, read_licences

SBOM = ROOT / "build/sbom.json"


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    assert SBOM.exists(), f"{SBOM} is missing: `make test-image` writes it"
    bill: dict[str, Any] = json.loads(SBOM.read_text())
    return bill


def plain(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_it_has_the_packages_of_the_image_in_their_versions(
    bill: dict[str, Any], image: Image
) -> None:
    installed = set()
    with files_of(image.engine, image.name) as content:
        for member in content:
            path = PurePosixPath(member.name)
            if path.name == "METADATA" and path.parent.suffix == ".dist-info":
                file = content.extractfile(member)
                assert file is not None
                told = HeaderParser().parsestr(file.read().decode())
                installed.add((plain(told["Name"]), told["Version"]))
    listed = [(plain(entry["name"]), entry["version"]) for entry in bill["components"]]
    assert len(listed) == len(set(listed))
    assert set(listed) == installed
    locked = re.findall(
        r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements/lambda.txt").read_text(), re.MULTILINE
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert installed == {
        (project["name"], project["version"]),
        *((plain(name), version) for name, version in locked),
    }


def test_the_image_lists_the_licences_of_its_packages(bill: dict[str, Any], image: Image) -> None:
    with files_of(image.engine, image.name) as content:
        names = {member.name for member in content}
        file = content.extractfile(f"var/task/{LIST}")
        assert file is not None
        listed = read_licences(file.read().decode())
    named = {(plain(entry["name"]), entry["version"]) for entry in bill["components"]}
    assert {(plain(each.name), each.version) for each in listed} == named
    assert {f"var/task/{each}" for entry in listed for each in entry.files} <= names
    allowed = (ROOT / "requirements/licences.txt").read_text()
    assert not_allowed(listed, allowed_in(allowed)) == []


def test_each_package_has_a_url_that_scanners_know_it_by(bill: dict[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"][:2]) == ("CycloneDX", "1.")
    for entry in bill["components"]:
        assert entry["purl"] == f"pkg:pypi/{plain(entry['name'])}@{entry['version']}"


def test_it_says_neither_when_nor_where_it_was_made(bill: dict[str, Any]) -> None:
    assert "serialNumber" not in bill
    assert "timestamp" not in bill["metadata"]
    assert str(ROOT) not in SBOM.read_text()
