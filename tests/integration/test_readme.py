"""The sessions in the documentation are what a user would see."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from support.serving import serving

ROOT = Path(__file__).parents[2]
MARK = "--- next ---"
OWN_EACH_TIME = {
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "UUID",
    r"[0-9a-f]{32}": "VERSION",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z": "TIME",
    r"(?m)^Date: .*$": "Date: DATE",
    r"(?m)^x-amz-apigw-id: \S+$": "x-amz-apigw-id: ID",
    r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}": "TRACE",
}


def steps(console: str) -> list[tuple[str, str]]:
    """Each command of a console block with what it printed."""
    parts = re.split(r"(?m)^\$ ", console)[1:]
    return [
        (command, output.strip()) for command, _, output in (part.partition("\n") for part in parts)
    ]


def normalised(text: str) -> str:
    for pattern, name in OWN_EACH_TIME.items():
        text = re.sub(pattern, name, text)
    return text.replace("\r", "").strip()


def test_the_sessions_are_true() -> None:
    """Their requests, to one stage on a free port: the longer session first, since it removes what
    it has created."""
    written = [
        (command, output)
        for name in ("docs/session.md", "README.md")
        for block in re.findall(r"```console\n(.*?)```", (ROOT / name).read_text(), re.DOTALL)
        if "curl" in block
        for command, output in steps(block)
        if not command.endswith(" &")
    ]
    assert len(written) > 15
    with serving(ROOT, "--env", "TABLE_NAME=items", "--setup", "items.table") as server:
        script = "".join(f"{command}\necho; echo '{MARK}'\n" for command, _ in written)
        script = script.replace("http://127.0.0.1:3000/prod", server.base_url)
        done = subprocess.run(
            ["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True
        )
    seen = done.stdout.split(f"{MARK}\n")
    for (command, output), printed in zip(written, seen, strict=False):
        assert normalised(printed) == normalised(output), command
