"""`sam build` makes the image, by the docker SDK and the classic builder, as on the way to ECR."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from image.conftest import ROOT, Image
from image.test_start import PORT, REFUSED, TABLE, Start, invoke, status_of

pytestmark = pytest.mark.timeout(300)

SAM = ROOT / "build/tools/bin/sam"
NAME = "sambuildtest"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """The least template that has SAM build this folder's Dockerfile."""
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"PackageType": "Image", "Architectures": ["x86_64"]},
        "Metadata": {
            "Dockerfile": "Dockerfile",
            "DockerContext": str(ROOT),
            "DockerTag": "latest",
            "DockerBuildArgs": {"BASE": os.environ.get("BASE") or default_base()},
        },
    }
    file = tmp_path / "template.json"
    file.write_text(
        json.dumps(
            {
                "AWSTemplateFormatVersion": "2010-09-09",
                "Transform": "AWS::Serverless-2016-10-31",
                "Resources": {NAME: function},
            }
        )
    )
    return file


def default_base() -> str:
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("ARG BASE="):
            return line.removeprefix("ARG BASE=")
    raise AssertionError("the Dockerfile names no base")


@pytest.fixture
def built(image: Image, template: Path, tmp_path: Path) -> Iterator[str]:
    assert SAM.exists(), f"{SAM} is missing: `make test-image` installs it"
    done = subprocess.run(
        [SAM, "build", "--template", template, "--build-dir", tmp_path / "built"],
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "SAM_CLI_TELEMETRY": "0",
            "AWS_DEFAULT_REGION": "us-east-1",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    yield f"{NAME}:latest"
    image.engine.images.remove(f"{NAME}:latest", force=True)


def test_what_sam_builds_is_the_image_and_answers(image: Image, built: str, start: Start) -> None:
    made, ours = (image.engine.images.get(name).attrs for name in (built, image.name))
    for setting in ("Entrypoint", "Cmd", "User", "WorkingDir", "Env"):
        assert made["Config"][setting] == ours["Config"][setting], setting
    status, payload = invoke(start(image_name=built, environment=TABLE, ports=PORT), REFUSED)
    assert (status, status_of(payload)) == (200, 400)
