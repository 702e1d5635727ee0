"""Every way to build gives an image, without a network when a folder of wheels is there."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from image.conftest import ROOT, Image

pytestmark = pytest.mark.timeout(300)
EPOCH = 1_750_000_000
CREATED = "2025-06-15T15:06:40Z"


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


@pytest.fixture(scope="module")
def built(image: Image, base: str) -> Iterator[list[dict[str, Any]]]:
    """What the engine says about an image of the old builder and two of BuildKit, which were built
    without a network and without a cache."""
    tags = [f"{image.name}-again-{number}" for number in range(3)]
    try:
        for tag, buildkit in zip(tags, "011", strict=True):
            done = docker_build(tag, buildkit, "--no-cache", *build_arguments(base))
            assert done.returncode == 0, done.stderr
        yield [image.engine.images.get(tag).attrs for tag in tags]
    finally:
        for tag in filter(image.engine.images.list, tags):
            image.engine.images.remove(tag, force=True)


@pytest.mark.timeout(900)
def test_both_builders_build_the_same_layers_each_time(
    image: Image, base: str, built: list[dict[str, Any]]
) -> None:
    below = image.engine.images.get(base).attrs["RootFS"]["Layers"]
    old, new, again = (each["RootFS"]["Layers"] for each in built)
    assert new == again
    # Without the installers of the base, and the task root; for WORKDIR, BuildKit has an empty one.
    assert old[: len(below) + 2] == new[: len(below) + 2]
    assert len(old) - len(below) in (2, 3)
    assert old[: len(below)] == below


def test_buildkit_builds_the_same_image_of_a_commit(built: list[dict[str, Any]]) -> None:
    _, new, again = built
    assert new["Config"] == again["Config"]
    # BuildKit before 0.11, which Docker 20 has, does not know SOURCE_DATE_EPOCH.
    if new["Created"] == CREATED:
        assert new["Id"] == again["Id"]


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
        env={
            **os.environ,
            "DOCKER_BUILDKIT": buildkit,
            "BUILDX_NO_DEFAULT_ATTESTATIONS": "1",
            "SOURCE_DATE_EPOCH": str(EPOCH),
        },
        capture_output=True,
        text=True,
        timeout=280,
    )
