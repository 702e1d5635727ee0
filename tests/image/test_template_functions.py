"""Functions of a template that are not Python here: in containers, beside those in processes.

The image that stands for AWS's own has their layout: the emulator and the bootstrap in their
places, and an entry point that takes nothing but the handler.
"""

from __future__ import annotations

import asyncio
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from image.conftest import Image
from openapi_first.serving.functions.declared import DeclaredFunctions
from openapi_first.serving.functions.running import RunOptions
from openapi_first.templates.model import DeclaredFunction

pytestmark = pytest.mark.timeout(120)

RUNTIME = "nodejs99.x"
AWS_IMAGE = "public.ecr.aws/lambda/nodejs:99"
"""Of a version that nobody has pulled: the test removes it."""
BUILT = "templatefunction:latest"
BOOTSTRAP = """#!/usr/bin/env python3
import json, os, urllib.request
from pathlib import Path
API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation/"
while True:
    with urllib.request.urlopen(API + "next") as event:
        request_id, read = event.headers["Lambda-Runtime-Aws-Request-Id"], json.load(event)
    code = Path("/var/task/app.js")
    result = {
        "event": read,
        "handler": os.environ["_HANDLER"],
        "variable": os.environ.get("TABLE"),
        "memory": os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
        "code": code.read_text() if code.exists() else None,
        "layers": sorted(os.listdir("/opt/nodejs")) if os.path.isdir("/opt/nodejs") else None,
    }
    urllib.request.urlopen(API + request_id + "/response", json.dumps(result).encode()).close()
"""
ENTRY_POINT = """#!/bin/sh
if [ $# -ne 1 ]; then echo "the handler is the only argument" >&2; exit 142; fi
exec /usr/local/bin/aws-lambda-rie /var/runtime/bootstrap "$1"
"""


def built(image: Image, tag: str, *lines: str) -> str:
    """An image on top of the one under test, with a runtime of its own."""
    packed = io.BytesIO()
    files = {
        "Dockerfile": "\n".join((f"FROM {image.name}", "COPY bootstrap /var/runtime/", *lines)),
        "bootstrap": BOOTSTRAP,
        "lambda-entrypoint.sh": ENTRY_POINT,
        "aws-lambda-rie": image.emulator.read_bytes(),
    }
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, given in files.items():
            data = given if isinstance(given, bytes) else given.encode()
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o755
            tar.addfile(entry, io.BytesIO(data))
    packed.seek(0)
    image.engine.images.build(
        fileobj=packed, custom_context=True, tag=tag, network_mode="none", rm=True
    )
    return tag


@pytest.fixture(scope="module")
def aws_image(image: Image) -> Iterator[str]:
    lines = (
        "COPY aws-lambda-rie /usr/local/bin/",
        "COPY lambda-entrypoint.sh /",
        'ENTRYPOINT ["/lambda-entrypoint.sh"]',
        "CMD []",
    )
    yield built(image, AWS_IMAGE, *lines)
    image.engine.images.remove(AWS_IMAGE, force=True)


@pytest.fixture(scope="module")
def built_image(image: Image) -> Iterator[str]:
    """With an entry point of its own, as one with a runtime interface client has, and no
    emulator."""
    yield built(image, BUILT, 'ENTRYPOINT ["/var/runtime/bootstrap"]', 'CMD ["app.own"]')
    image.engine.images.remove(BUILT, force=True)


def run(folder: Path, image: Image, *functions: DeclaredFunction) -> tuple[list[Any], list[str]]:
    """The result of each function, and what was noted."""

    async def main() -> tuple[list[Any], list[str]]:
        options = RunOptions(folder=folder / "unpacked", emulator=image.emulator)
        async with await DeclaredFunctions.of(functions, options) as declared:
            invokers = [declared.invokers[each.name] for each in functions]
            results = [await each.invoke(b'{"a": 1}') for each in invokers if not each.plan.reason]
            return [json.loads(each.payload) for each in results], list(declared.notes)

    return asyncio.run(main())


def test_code_for_another_runtime_runs_in_awss_image(
    image: Image, aws_image: str, tmp_path: Path
) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.js").write_text("exports")
    layers = []
    for name in ("one", "two"):
        (tmp_path / name / "nodejs").mkdir(parents=True)
        (tmp_path / name / "nodejs" / f"{name}.js").write_text("")
        layers.append(tmp_path / name)
    function = DeclaredFunction(
        logical_id="Node",
        name="stack-node",
        handler="app.handler",
        runtime=RUNTIME,
        code=tmp_path / "code",
        layers=tuple(layers),
        environment={"TABLE": "t"},
        memory_mb=256,
    )
    (result,), notes = run(tmp_path, image, function)
    assert notes == []
    assert result == {
        "event": {"a": 1},
        "handler": "app.handler",
        "variable": "t",
        "memory": "256",
        "code": "exports",
        "layers": ["one.js", "two.js"],
    }


def test_images_run_as_the_template_names_them_or_sam_has_built_them(
    image: Image, aws_image: str, built_image: str, tmp_path: Path
) -> None:
    functions = (
        DeclaredFunction(logical_id="A", name="a", image=aws_image, command=("app.given",)),
        DeclaredFunction(logical_id="B", name="b", image=built_image),
        DeclaredFunction(logical_id="TemplateFunction", name="c", image="1.dkr.ecr/none:1"),
        DeclaredFunction(logical_id="None", name="d", image="1.dkr.ecr/none:1"),
        DeclaredFunction(logical_id="Bare", name="e", image=aws_image),
    )
    results, (missing, bare) = run(tmp_path, image, *functions)
    assert [each["handler"] for each in results] == ["app.given", "app.own", "app.own"]
    assert "the Docker engine has no image 1.dkr.ecr/none:1: build it (`sam build`)" in missing
    assert "names no handler" in bare
