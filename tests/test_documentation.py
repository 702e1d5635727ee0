"""What documents and workflows tell people to type is there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from command_options import PAGE as COMMANDS
from command_options import page_with_tables
from openapi_first.documents.settings_file import SETTINGS
from openapi_first.stage.messages.settings import Settings
from screenshots import LARGEST_BYTES

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
_PAGES = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile")
TEXTS = sorted(
    [
        *(ROOT / name for name in _PAGES),
        *(ROOT / ".github" / "workflows").glob("*.yaml"),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "src").rglob("*.py"),
        *(ROOT / "tools").rglob("*.py"),
        *(ROOT / "benchmarks").rglob("*.py"),
        ROOT / ".ci" / "run",
        ROOT / "template.yaml",
        ROOT / "Dockerfile",
    ]
)
# In code spans and code blocks, in messages, and after `run:`; `make` is a word of English, too.
_MAKE = re.compile(
    r"(?:`|^\s*\$?\s*|run: |&& |&& \\\n|\(MAKE\) (?:--no-print-directory )?)make +([a-z][a-z-]*)",
    re.M,
)
_CONTRACT = re.compile(r"(?:`|\$ |\(BIN\)/|run: |example: )contract ([a-z]+)\b([^`\n|;)]*)")


def targets() -> set[str]:
    """Those of this repository and of the projects that `contract init` writes."""
    projects = ROOT / "src/openapi_first/project/project_files/every/Makefile.jinja"
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "Makefile", projects)]
    return {name for text in texts for name in re.findall(r"^([a-z][a-z-]*):", text, re.M)}


def said(pattern: re.Pattern[str]) -> Iterator[tuple[Path, re.Match[str]]]:
    for path in TEXTS:
        for match in pattern.finditer(path.read_text(encoding="utf-8")):
            yield path, match


def links(page: Path) -> list[str]:
    """Where a page links to in this repository; code has no links."""
    text = re.sub(
        r"^ *```.*?^ *```$|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.M | re.S
    )
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_no_link_is_dead() -> None:
    checked = 0
    for page in PAGES:
        for link in links(page):
            name, _, anchor = link.partition("#")
            target = page.parent / name if name else page
            assert target.exists(), f"{page.relative_to(ROOT)}: {link}"
            checked += 1
            if anchor:
                assert anchor in anchors(target), f"{page.relative_to(ROOT)}: {link}"
    assert checked > 100


def test_the_index_lists_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / link).resolve() for link in links(index)}
    assert {*PAGES} - listed - {index} == set()


def test_every_page_is_whole() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert text.endswith("\n"), page
        assert len(re.findall(r"^ *```", text, re.M)) % 2 == 0, f"{page}: a block does not end"


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    cells = "".join(re.findall(r"^\| (.*?) \|", page, re.M))
    assert set(SETTINGS) - set(re.findall(r"`(\w+)`", cells)) == set()


def test_everything_that_aws_does_not_document_is_listed() -> None:
    page = (ROOT / "docs" / "unverified-on-aws.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)` \|", page, re.M))
    of_this_machine = {"integration_timeouts", "account_id", "region", "api_id", "stage_in_path"}
    given = {"upstreams", "condition_keys"}
    assert listed == {each.name for each in fields(Settings)} - of_this_machine - given


def test_the_readme_is_one_page() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150
    start = " ".join(lines[:10])
    assert "framework" in start
    assert "sample" in start


def test_pictures_are_used_described_and_small() -> None:
    pictures = {
        (page.parent / name).resolve(): text
        for page in PAGES
        for text, name in re.findall(r"!\[([^]]*)\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    }
    assert set(pictures) == set((ROOT / "docs" / "images").iterdir())
    for picture, text in pictures.items():
        assert len(text.split()) > 10, f"{picture}: say in words what it shows"
        assert picture.stat().st_size <= LARGEST_BYTES


def test_every_target_of_make_that_is_named_exists() -> None:
    known = targets()
    named = {(str(path.relative_to(ROOT)), match[1]) for path, match in said(_MAKE)}
    assert len(named) > 30
    assert {each for each in named if each[1] not in known} == set()


def test_every_module_that_is_named_exists() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in TEXTS if path.suffix == ".md"}
    named = {
        (str(path.relative_to(ROOT)), name)
        for path, text in texts.items()
        for name in re.findall(r"\bopenapi_first(?:\.[a-z_]+)+", text)
    }
    assert len(named) > 5
    modules = {
        ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "src").rglob("*.py")
    }
    assert {each for each in named if each[1] not in modules} == set()


def test_make_help_shows_every_documented_target_in_a_group() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    documented = re.findall(r"^([.a-z][.a-z0-9-]*):.* ## (\w*)", makefile, re.M)
    for target, group in documented:
        assert group in ("daily", "release", "aws", "engine"), (
            f"`## {group}` of {target} names no group"
        )
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert sorted(re.findall(r"^  make (\S+) ", shown, re.M)) == sorted(t for t, _ in documented)
    assert re.findall(r"^\S.*", shown, re.M) == [
        "Daily",
        "Before a release",
        "On AWS",
        "Developing the engine",
    ]


@pytest.fixture(scope="module")
def options() -> dict[str, set[str]]:
    """The options of each command, as its help has them."""
    command = [sys.executable, "-m", "openapi_first"]
    names = re.findall(r"^    ([a-z]+) ", _help(command), re.M)
    return {name: set(re.findall(r"--[a-z][a-z-]*", _help([*command, name]))) for name in names}


def _help(command: list[str]) -> str:
    return subprocess.run(
        [*command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def test_every_option_of_a_command_that_is_named_exists(options: dict[str, set[str]]) -> None:
    checked = 0
    for path, match in said(_CONTRACT):
        place, command = f"{path.relative_to(ROOT)}: {match[0]}", match[1]
        assert command in options, place
        for word in match[2].split():
            option = word.strip("[],.\\").partition("=")[0]
            if option.startswith("--"):
                checked += 1
                assert option in options[command], place
    assert checked > 20


def test_every_command_has_a_section_with_all_of_its_options(options: dict[str, set[str]]) -> None:
    page = COMMANDS.read_text(encoding="utf-8")
    sections = re.findall(r"^## contract ([a-z]+)$(.*?)(?=^## |\Z)", page, re.M | re.S)
    assert [command for command, _ in sections] == re.findall(r"^\| \[`(\w+)`\]", page, re.M)
    assert {command for command, _ in sections} == set(options)
    for command, section in sections:
        assert f"<!-- Options of {command}, by `make options`. -->" in section
    assert page_with_tables(page) == page, "make options"


def test_every_example_of_a_help_is_one_that_its_command_takes(
    options: dict[str, set[str]],
) -> None:
    for command in options:
        (example,) = re.findall(r"^example: (.*)$", _help(_module(command)), re.M) or [""]
        assert example, f"the help of {command} shows no example"
        assert f"contract {command} " in example + " ", example


def _module(command: str) -> list[str]:
    return [sys.executable, "-m", "openapi_first", command]
