"""The files that docs/powertools.md shows work as they are, in the handler."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from support import powertools_page as page

SCRIPT = """
import json, sys
from greetings.handler import handler
class Context:
    def get_remaining_time_in_millis(self): return 1234
for event in json.load(sys.stdin):
    print("RESPONSE " + json.dumps(handler(event, Context())))
"""


def test_the_handler_does_what_the_page_says(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(page.EVENTS),
        capture_output=True,
        text=True,
        check=True,
        env=page.compile_page(page.write_page(tmp_path)),
    )
    answers, logged = [], []
    for line in done.stdout.splitlines():
        text = line.removeprefix("RESPONSE ")
        (answers if text != line else logged).append(json.loads(text))
    assert page.check_answers(answers) == 1234
    page.check_log(logged)
