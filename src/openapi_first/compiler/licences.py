"""The licences of the packages in a Lambda image.

The image's build writes `licences.json`. `python -m openapi_first.compiler.licences FILE` prints
it, and with `--allowed LIST` exits 1 if the list does not have a licence.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath

LIST = "licences.json"
"""The file in the image's task root."""

_CLASSIFIER = "License :: "
_NO_NAME = "License :: OSI Approved"
_FILE = re.compile(r"(licen[cs]e|copying|copyright|notice)[^/]*", re.IGNORECASE)
_LONGEST_NAME = 80
"""The field License may hold a name or the whole text."""
_PACKAGE = "package "
"""Begins a line of the list that allows one package, whatever its licence."""


@dataclass(frozen=True, slots=True)
class Licence:
    """A package; what its metadata states, an SPDX expression or names of licences; and its licence
    files, relative to the task root."""

    name: str
    version: str
    stated: tuple[str, ...]
    files: tuple[str, ...]


def licences(task_root: Path) -> list[Licence]:
    """Those of the packages that are installed in a folder, by name."""
    found = [
        Licence(each.name, each.version, tuple(_stated(each)), tuple(_files(each, task_root)))
        for each in distributions(path=[str(task_root)])
        if each.metadata.get_all("Name")  # a folder without metadata has none
    ]
    return sorted(found, key=lambda each: each.name.lower())


def write_licences(task_root: Path) -> None:
    """Writes the list into the task root."""
    listed = [asdict(each) for each in licences(task_root)]
    (task_root / LIST).write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")


def read_licences(text: str) -> list[Licence]:
    """The list that an image holds. Raises ValueError for another text."""
    listed = json.loads(text)
    try:
        return [
            Licence(str(each["name"]), str(each["version"]), (*each["stated"],), (*each["files"],))
            for each in listed
        ]
    except (TypeError, KeyError):
        raise ValueError("it is not a list of licences") from None


def not_allowed(found: Iterable[Licence], allowed: Collection[str]) -> list[str]:
    """A sentence for each package that the list does not allow."""
    return [
        f"{each.name} {each.version} states {'; '.join(each.stated) or 'no licence'}"
        for each in found
        if f"{_PACKAGE}{each.name}" not in allowed
        and not (each.stated and all(_is_allowed(name, allowed) for name in each.stated))
    ]


def allowed_in(text: str) -> set[str]:
    """The entries of a list: one a line, with comments after `#`."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return {line for line in lines if line}


def _stated(distribution: Distribution) -> Iterator[str]:
    """License-Expression, else the classifiers, else the field License (PEP 639)."""
    metadata = distribution.metadata
    expression = _first(metadata.get_all("License-Expression"))
    names = [
        each.rpartition(" :: ")[2]
        for each in metadata.get_all("Classifier") or ()
        if each.startswith(_CLASSIFIER) and each != _NO_NAME
    ]
    text = _first(metadata.get_all("License"))
    if expression:
        yield expression
    elif names:
        yield from names
    elif text and len(text) <= _LONGEST_NAME and "\n" not in text:
        yield text


def _first(lines: list[str] | None) -> str:
    return lines[0].strip() if lines else ""


def _files(distribution: Distribution, task_root: Path) -> Iterator[str]:
    """The licence files beside the metadata, where PEP 639 and its predecessors put them."""
    for file in distribution.files or ():
        path = PurePosixPath(file)
        beside = any(part.endswith(".dist-info") for part in path.parts[:-1])
        if beside and _FILE.fullmatch(path.name) and (task_root / path).is_file():
            yield str(path)


def _is_allowed(stated: str, allowed: Collection[str]) -> bool:
    """Whether a list has a licence, or for an SPDX expression one alternative of it. In an
    expression with parentheses it has to have every licence."""
    if stated in allowed:
        return True
    alternatives = [stated] if "(" in stated else re.split(" OR ", stated)
    return any(
        all(name.strip() in allowed for name in re.split(r" AND | OR |[()]", each) if name.strip())
        for each in alternatives
    )


def main(arguments: list[str] | None = None) -> int:
    """Returns 0, 1 for a licence that is not allowed, or 2 for a file that cannot be read."""
    parser = argparse.ArgumentParser(prog=f"python -m {__spec__.name}", description=__doc__)
    parser.add_argument("file", help=f"the image's {LIST}; - is the standard input")
    parser.add_argument("--allowed", type=Path, help="a file of licences; default: all are allowed")
    options = parser.parse_args(arguments)
    try:
        text = sys.stdin.read() if options.file == "-" else Path(options.file).read_text("utf-8")
        found = read_licences(text)
        allowed = (
            None if options.allowed is None else allowed_in(options.allowed.read_text("utf-8"))
        )
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The list of licences cannot be read: {error}\n")
        return 2
    for each in found:
        stated = "; ".join(each.stated) or "no licence is stated"
        files = "".join(f"  {file}\n" for file in each.files)
        sys.stdout.write(f"{each.name} {each.version}: {stated}\n{files}")
    problems = [] if allowed is None else not_allowed(found, allowed)
    for problem in problems:
        sys.stderr.write(f"{problem}; {options.allowed} does not allow it\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
