"""A reader who does what a page says, and compares what happens with what the page shows."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from support.console.installed import WHEEL, installed
from support.console.older_project import older_project, write_wheel
from support.console.outputs import is_in, masked, matches
from support.console.pages import Command, File, Page, Printed, Session
from support.console.shell import Background, Shell
from support.serving import ROOT

_PORT = "3000"
_PORT_OPTION = re.compile(r"(--port[ =]|PORT=)(\d+)")
_NOT_COPIED = (".*_cache", ".git", ".venv", "__pycache__", "build", "node_modules", "tests")
_PRINT_S = 30
# Who has just changed a file may still get an old answer, and asks again.
_READS = re.compile(r"curl (?!.*(?: -[dFTX]|--data|--form|--request|--upload))")
_RELOAD_S = 10
# What a block takes the place of, by what the page says of it. A function is a line and everything
# that is indented below it.
_PLACES = {
    "append": r"()\Z",
    "after": r"(?m)^LINE\n()",
    "instead of": r"(?m)^(LINE\n)",
    "replace": r"(?m)^(def LINE\(.*\n(?:(?:[ \t)].*)?\n)*)",
}
_TOKEN = re.compile(r"TOKEN=(eyJ[\w.-]+)")


def follow(
    page: Page, folder: Path, *, slow: bool, commands: Mapping[str, str] | None = None
) -> None:
    """Does everything on the page in `folder`, which is empty; what is slow only if `slow`.

    `commands` are scripts that take the place of commands, by name.

    Raises AssertionError with the place on the page of the first thing that is not as it shows.
    """
    work, scratch = folder / "work", folder / "scratch"
    scratch.mkdir()
    in_repository = page.place == "repository"
    if in_repository:
        shutil.copytree(ROOT, work, ignore=shutil.ignore_patterns(*_NOT_COPIED))
    else:
        work.mkdir()
    wheel = write_wheel(scratch if in_repository else work)
    begun = work
    if page.place == "older project":
        begun = work / "shop"
        older_project(begun).was("Dockerfile", "lambda/python:3.12\n", "lambda/python:3.13\n")
    sources = (work if in_repository else ROOT) / "src"
    with Shell(work, scratch, installed(scratch, wheel, sources, commands or {})) as shell:
        if page.place != "empty":
            commit = "git add . && git commit --quiet --message Begun"
            shell.run(f"git -C {begun} init --quiet && (cd {begun} && {commit})")
        reader = Reader(page, shell)
        for step in page.steps:
            if slow or not (isinstance(step, Session) and step.is_slow):
                reader.do(step)


class Reader:
    def __init__(self, page: Page, shell: Shell) -> None:
        self.page = page
        self.shell = shell
        self.ports: dict[str, str] = {}
        if not any(command.in_background for command in page.commands) and any(
            f"127.0.0.1:{_PORT}" in command.text for command in page.commands
        ):
            # The page says in words to run it in another terminal.
            self.start(Command("make serve &", ""), "")

    def do(self, step: Session | File | Printed) -> None:
        place = f"{self.page.path.name}:{step.line}"
        if isinstance(step, File):
            write(replace(step, text=self.local(step.text)), self.shell.folder(), place)
        elif isinstance(step, Printed):
            wait_for(step.text, self.shell.started, place)
        else:
            for command in step.commands:
                where = f"{place}: {command.text}"
                if command.in_background:
                    self.start(command, where)
                else:
                    self.run(command, step.shows_output, where)

    def run(self, command: Command, shows_output: bool, where: str) -> None:
        end = time.monotonic() + (_RELOAD_S if _READS.match(command.text) else 0)
        while True:
            status, printed = self.shell.run(self.local(command.text))
            fits = not shows_output or matches(printed, command.output)
            if fits or time.monotonic() > end:
                break
            time.sleep(0.2)
        assert fits, f"{where}\nshown:\n{masked(command.output)}\nprinted:\n{masked(printed)}"
        assert status == 0 or command.output, f"{where}\nexit status {status}\n{printed}"

    def start(self, command: Command, where: str) -> None:
        """Any port will do: what the page calls 3000 may be taken here."""
        own = _PORT_OPTION.search(command.text)
        text = command.text.removesuffix("&")
        text = re.sub(r"--debug\b([ =]\d+)?", "--debug=0", _PORT_OPTION.sub(r"\g<1>0", text))
        background = self.shell.start(self.local(text))
        self.ports[own[2] if own else _PORT] = str(background.port())
        if command.output:
            wait_for(command.output, [background], where)

    def local(self, text: str) -> str:
        """The command with the ports and the version of this run, and where a token is shortened,
        with the one that the stage has printed."""
        for shown, port in self.ports.items():
            text = re.sub(rf"(127\.0\.0\.1|localhost):{shown}\b", rf"\g<1>:{port}", text)
        for each in self.shell.started:
            for token in _TOKEN.findall(each.output):
                text = re.sub(r"eyJ\w*…", token, text)
        return re.sub(r"openapi_first_serverless-[\d.]+-py3-none-any\.whl", WHEEL, text)


def wait_for(shown: str, started: list[Background], where: str) -> None:
    """Waits until a command in the background has printed what the page shows, after what the page
    has shown of it before."""
    end = time.monotonic() + _PRINT_S
    while time.monotonic() < end:
        for each in started:
            output = each.output
            if is_in(output[each.shown :], shown):
                each.shown = len(output)
                return
        time.sleep(0.05)
    printed = "\n".join(each.output[each.shown :] for each in started)
    raise AssertionError(f"{where}\nshown:\n{masked(shown)}\nprinted:\n{masked(printed)}")


def write(file: File, folder: Path, place: str) -> None:
    path = folder / file.path
    if not file.change:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
        return
    old = path.read_text(encoding="utf-8")
    for kind, pattern in _PLACES.items():
        if file.change.startswith(kind):
            line = re.escape(file.change.removeprefix(kind).strip())
            found = re.search(pattern.replace("LINE", line), old)
    assert found, f"{place}: {file.path} has nothing to {file.change}"
    path.write_text(old[: found.start(1)] + file.text + old[found.end(1) :], encoding="utf-8")
