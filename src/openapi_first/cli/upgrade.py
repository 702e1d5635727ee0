"""`contract upgrade`: merges what this version writes differently into a project."""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from openapi_first.cli.options.shared import Commands
from openapi_first.core.terminal_text import show

if TYPE_CHECKING:
    from openapi_first.project.upgrade.plan import Change, Upgrade

_MOST_NAMED = 5
_RESOLUTIONS = ("markers", "mine", "new")


def add_upgrade(commands: Commands) -> None:
    command = commands.add_parser(
        "upgrade",
        help="merge what this version writes differently into a project of `contract init`",
        description="Merges what this version of the engine writes differently into the Makefile, "
        "the image, the template, CI and the other generated files of a project, and replaces the "
        "engine's wheel and its hashes. Your changes stay. If you and the new version have changed "
        "the same lines, nothing is written and the conflicts are listed. Needs git.",
        epilog="example: contract upgrade --diff shop",
    )
    command.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="the project; default: this folder",
    )
    command.add_argument(
        "--diff", action="store_true", help="write nothing; print what would change as a patch"
    )
    command.add_argument(
        "--conflicts",
        choices=_RESOLUTIONS,
        help="write files with conflicts, too: with conflict markers, with your lines or with the "
        "new ones; default: write nothing if there is a conflict",
    )
    command.add_argument(
        "--wheel",
        type=Path,
        metavar="FILE",
        help="the engine's wheel; default: the one that this command was installed from, or the "
        "project's own if it has this version",
    )
    command.add_argument(
        "--allow-dirty",
        action="store_true",
        help="also change files that have changes that are not committed; default: refuse",
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from openapi_first.core.signals import reported_signals
    from openapi_first.project.upgrade.apply import apply_upgrade
    from openapi_first.project.upgrade.git import Resolution
    from openapi_first.project.upgrade.plan import plan_upgrade

    resolution = None if options.conflicts is None else Resolution(options.conflicts)
    with reported_signals(lambda: "interrupted: each file is as before, or all are upgraded"):
        upgrade = plan_upgrade(options.folder, options.wheel, resolution)
        unresolved = bool(upgrade.conflicts) and resolution is None
        if not options.diff and not unresolved:
            if not options.allow_dirty:
                _refuse_uncommitted(upgrade)
            apply_upgrade(upgrade)
    if options.diff:
        for change in upgrade.changes:
            print("".join(_patch(change)), end="")
    _print_outcome(upgrade, options, written=not options.diff and not unresolved)
    with_markers = resolution in (None, Resolution.MARKERS)
    return 1 if upgrade.conflicts and with_markers else 0


def _refuse_uncommitted(upgrade: Upgrade) -> None:
    from openapi_first.project.errors import CannotUpgrade
    from openapi_first.project.upgrade.git import uncommitted

    paths = [each.path for each in (*upgrade.changes, *upgrade.base_changes)]
    found = list(map(str, uncommitted(upgrade.folder, paths) if paths else []))
    if found:
        rest = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise CannotUpgrade(
            f"not committed: {', '.join(found[:_MOST_NAMED])}{rest}. Commit or stash them, so "
            "that git can undo the upgrade, or use --allow-dirty"
        )


def _print_outcome(upgrade: Upgrade, options: argparse.Namespace, *, written: bool) -> None:
    lines = [f"{each.path}: {each.what}" for each in upgrade.changes] if written else []
    notes = [f"note: {each}" for each in upgrade.notes]
    conflicts = [
        f"{upgrade.folder / each.path}:{line}: conflict: {each.what}"
        for each in upgrade.conflicts
        for line in each.lines
    ]
    for line in lines:
        show(line)
    for line in (*notes, *conflicts):
        show(line, sys.stderr)
    versions = f"{upgrade.old} to {upgrade.new}" if upgrade.old != upgrade.new else upgrade.new
    if conflicts and options.conflicts is None:
        print(
            "Nothing is written. --conflicts markers writes both sides into the files, "
            "--conflicts mine takes your lines, --conflicts new the new ones.",
            file=sys.stderr,
        )
    elif not upgrade.changes and not upgrade.base_changes:
        print(f"nothing to do: the project has the files of version {upgrade.new}")
    elif written:
        first = "resolve the conflicts, then " if options.conflicts == "markers" else ""
        print(f"Upgraded: {versions}. Next: {first if conflicts else ''}make types lint test")


def _patch(change: Change) -> list[str]:
    """As `git apply` takes it; a last line without its end is marked as `diff` marks it."""
    try:
        before, after = (
            (each or b"").decode().splitlines(keepends=True)
            for each in (change.before, change.after)
        )
    except UnicodeDecodeError:
        return [f"Binary file {change.path}: {change.what}\n"]
    old = "/dev/null" if change.before is None else f"a/{change.path}"
    new = "/dev/null" if change.after is None else f"b/{change.path}"
    return [
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(before, after, old, new)
    ]
