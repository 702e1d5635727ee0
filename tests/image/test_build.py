"""Every way to build gives an image, without a network when a folder of wheels is there."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from image.conftest import ROOT, Image

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def tag(image: Image) -> Iterator[str]:
    name = f"{image.name}-built"
    yield name
    if image.engine.images.list(name):
        image.engine.images.remove(name, force=True)


@pytest.fixture(scope="module")
def base(image: Image) -> str:
    base = os.environ.get("BASE") or "public.ecr.aws/lambda/python:3.13"
    if not (ROOT / "wheels").is_dir():
        pytest.fail("the builds without a network need `make wheels` before")
    return base


def build_arguments(base: str, **more: str) -> list[str]:
    values = {"BASE": base, **more}
    return [f"--build-arg={name}={value}" for name, value in values.items()]


@pytest.mark.parametrize("buildkit", ["0", "1"])
def test_both_builders_build_it_without_a_network(
    image: Image, base: str, tag: str, buildkit: str
) -> None:
    built = docker_build(tag, buildkit, *build_arguments(base))
    assert built.returncode == 0, built.stderr
    layers = image.engine.images.get(tag).attrs["RootFS"]["Layers"]
    # The base, the installers' removal, the task root; and the folder that WORKDIR may add.
    assert len(layers) - len(image.engine.images.get(base).attrs["RootFS"]["Layers"]) in (2, 3)


def test_the_sdk_builds_it_as_sam_does(image: Image, base: str, tag: str) -> None:
    built, _ = image.engine.images.build(
        path=str(ROOT), tag=tag, buildargs={"BASE": base}, network_mode="none", rm=True
    )
    assert built.attrs["Config"]["Cmd"] == ["items.handler.handler"]


def test_a_contract_hash_of_another_contract_stops_the_build(base: str, tag: str) -> None:
    built = docker_build(tag, "0", *build_arguments(base, CONTRACT_HASH="0" * 64))
    assert built.returncode != 0
    assert "openapi.yaml is not the one that CONTRACT_HASH names" in built.stdout + built.stderr


def test_an_aws_service_that_does_not_exist_stops_the_build(base: str, tag: str) -> None:
    built = docker_build(tag, "0", *build_arguments(base, AWS_SERVICES="dynamodb nosuch"))
    assert built.returncode != 0
    assert "botocore does not know the service nosuch" in built.stdout + built.stderr


def test_the_dockerfile_asks_for_no_frontend(image: Image) -> None:
    assert "# syntax" not in (ROOT / "Dockerfile").read_text()


def docker_build(tag: str, buildkit: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [
        os.environ.get("DOCKER", "docker"),
        "build",
        "--force-rm",
        "--network=none",
        "--tag",
        tag,
    ]
    return subprocess.run(
        [*command, *arguments, str(ROOT)],
        env={**os.environ, "DOCKER_BUILDKIT": buildkit, "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"},
        capture_output=True,
        text=True,
        timeout=280,
    )
