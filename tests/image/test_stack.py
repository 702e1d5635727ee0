"""`sam build` makes of template.yaml the image that `make image` makes."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from image.conftest import ROOT, Image
from image.test_sam import SAM
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import contract_hash

pytestmark = pytest.mark.timeout(300)
REVISION = "1" * 40


def test_sam_builds_the_image_of_the_template(image: Image, tmp_path: Path) -> None:
    assert SAM.exists(), f"{SAM} is missing: `make test-image` installs it"
    digest = contract_hash(load(ROOT / "openapi.yaml"))
    overrides = [
        f"ParameterKey=Revision,ParameterValue={REVISION}",
        f"ParameterKey=ContractHash,ParameterValue={digest}",
    ]
    if os.environ.get("BASE"):
        overrides.append(f"ParameterKey=BaseImage,ParameterValue={os.environ['BASE']}")
    done = subprocess.run(
        [
            str(SAM),
            "build",
            "--build-dir",
            str(tmp_path),
            "--parameter-overrides",
            *overrides,
        ],
        cwd=ROOT,
        env={**os.environ, "SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "eu-central-1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    built = yaml.safe_load((tmp_path / "template.yaml").read_text())
    name = built["Resources"]["Function"]["Properties"]["ImageUri"]
    names = {
        resource["Properties"]["ImageUri"]
        for resource in built["Resources"].values()
        if "ImageUri" in resource.get("Properties", {})
    }
    try:
        of_sam = image.engine.images.get(name).attrs["Config"]
        assert saved_by_the_pipeline(tmp_path / "template.yaml") == names
    finally:
        for each in names:
            image.engine.images.remove(each, force=True)
    own = image.engine.images.get(image.name).attrs["Config"]
    assert of_sam["Labels"]["org.opencontainers.image.revision"] == REVISION
    assert of_sam["Labels"]["contract.sha256"] == own["Labels"]["contract.sha256"] == digest
    for setting in ("Entrypoint", "Cmd", "User", "WorkingDir", "Env"):
        assert of_sam[setting] == own[setting], setting


def saved_by_the_pipeline(template: Path) -> set[str]:
    """The images that deploy.yaml hands from the job that builds to those that deploy."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "deploy.yaml").read_text())
    (command,) = (step["run"] for step in workflow["jobs"]["build"]["steps"] if "run" in step)
    listing = re.findall(r"sed .* \| sort -u", command)[0]
    listing = listing.replace(".aws-sam/build/template.yaml", shlex.quote(str(template)))
    done = subprocess.run(["sh", "-c", listing], capture_output=True, text=True, check=True)
    return set(done.stdout.split())
