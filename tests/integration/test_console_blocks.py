"""What the README and the pages in docs tell a reader to type works, and prints what they show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.console.pages import Fence, fences, read_page
from support.console.reader import follow
from support.serving import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# `make test-clients` runs the commands of that page, which need the generators.
WITH_COMMANDS = [
    path
    for path in PAGES
    if path.name != "clients.md" and "```console" in path.read_text(encoding="utf-8")
]
# The first words of commands, after variables of the command.
_COMMAND = re.compile(
    r"^ *(?:\$ )?(?:\w+=\S* )*"
    r"(?:contract|curl|make|pip|pytest|python3?|git|aws|docker|npm|npx|cd|export|uv|sam)(?: |$)",
    re.M,
)
# What needs AWS, a Docker engine, or a registry that others read.
_ELSEWHERE = re.compile(
    r"\b(aws|docker|sam|git push|amazonaws\.com|make (deploy|image|serve-image|test-image))\b"
)


@pytest.mark.parametrize("path", WITH_COMMANDS, ids=lambda path: path.stem)
def test_a_page_is_true(path: Path, tmp_path: Path, everything: bool) -> None:
    follow(read_page(path), tmp_path, slow=everything)


def escapes(fence: Fence) -> bool:
    """Whether a block has a command that neither runs in a test nor says why not."""
    if fence.language == "console" or not _COMMAND.search(fence.text):
        return False
    if fence.language not in {"", "sh", "bash", "shell", "text"}:
        return False
    if fence.language != "sh":
        return not fence.comment.startswith(("printed", "file: "))
    return not (_ELSEWHERE.search(fence.text) or re.match("not run: .", fence.comment))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_command_is_run_or_says_why_not(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    excused = {"sh"} if "<!-- sh is not run: " in text else set()
    escaped = [each for each in fences(text) if escapes(each) and each.language not in excused]
    assert [f"{path.name}:{fence.line}: {fence.text}" for fence in escaped] == []


def test_what_escapes_is_found() -> None:
    text = (
        "Do:\n\n    make serve\n\n- an item\n\n    with a second paragraph\n\n"
        "```sh\ncontract lint\n```\n\n```sh\nmake deploy\n```\n\n"
        "<!-- not run: it takes an hour -->\n```sh\nmake mutants\n```\n\n"
        "```\nTOKEN=x contract test\n```\n\n```console\n$ make help\n```\n"
    )
    found = [(each.line, each.language) for each in fences(text) if escapes(each)]
    assert sorted(found) == [
        (3, ""),
        (9, "sh"),
        (22, "text"),
    ]
