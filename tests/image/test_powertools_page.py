"""The files that docs/powertools.md shows work in the image, too, by Lambda's runtime."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docker.models.containers import Container

from image.conftest import Image, invoke, json_lines, log_of
from support import powertools_page as page
from support.serving import serving

# The image's bytecode is never compared with its source, so that of its own contract has to go.
# Each file is copied by itself: an archive's folders may become unreadable to Lambda's user.
STEPS = """
USER 0:0
RUN rm -f /var/task/__pycache__/compiled.*
COPY compiled.py /var/task/
COPY __init__.py guard.py handler.py instruments.py operations.py /var/task/greetings/
USER 65534:65534
LABEL contract.sha256={hash}
CMD ["{handler}"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = page.write_page(tmp_path_factory.mktemp("page"))
    page.compile_page(folder)
    return folder


@pytest.fixture(scope="module")
def tag(image: Image, folder: Path) -> str:
    """An image of the page's service, on top of the image under test."""
    compiled = (folder / "build" / "compiled.py").read_text()
    found = re.search(r"^HASH = '(\w+)'$", compiled, re.M)
    assert found
    files = {path.name: path.read_text() for path in (folder / "src" / "greetings").glob("*.py")}
    steps = STEPS.format(hash=found[1], handler=page.HANDLER).strip().splitlines()
    return image.with_files(
        f"{image.name}-powertools-page", *steps, **{**files, "compiled.py": compiled}
    )


def test_the_function_does_what_the_page_says(tag: str, start: Callable[..., Container]) -> None:
    container = start(image_name=tag, ports={"8080/tcp": ("127.0.0.1", 0)})
    answers = []
    for event in page.EVENTS:
        status, payload = invoke(container, event)
        assert status == 200, log_of(container)
        answers.append(json.loads(payload))
    # The time that the Lambda context has, which the emulator limits to 300 seconds.
    assert 0 < page.check_answers(answers) <= 300_000, log_of(container)
    page.check_log(logged(container, len(page.EVENTS)))


def logged(container: Container, count: int) -> list[dict[str, Any]]:
    """The lines of JSON, once those of `count` requests are there: the log may lag behind."""
    deadline = time.monotonic() + 10
    while True:
        lines = json_lines(container)
        if len([line for line in lines if "status" in line]) >= count:
            return lines
        assert time.monotonic() < deadline, log_of(container)
        time.sleep(0.05)


def test_the_stage_in_front_of_the_image_does_what_the_page_says(
    image: Image, folder: Path, tag: str
) -> None:
    function = ("--image", tag, "--emulator", str(image.emulator))
    with serving(folder, *page.GUARD, function=function) as server:
        page.check_stage(server.base_url)
