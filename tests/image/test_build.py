"""Every way to build gives an image, without a network when a folder of wheels is there."""

from __future__ import annotations

import os
import subprocess
import time
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
def built(image: Image, base: str) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """What the engine says about two images of each builder, without a network and a cache."""
    found: dict[str, list[dict[str, Any]]] = {"0": [], "1": []}
    tags = []
    for buildkit, images in found.items():
        for number in range(2):
            tags.append(f"{image.name}-twice-{buildkit}-{number}")
            done = docker_build(tags[-1], buildkit, "--no-cache", *build_arguments(base))
            assert done.returncode == 0, done.stderr
            images.append(image.engine.images.get(tags[-1]).attrs)
            time.sleep(1)  # file systems and archives keep seconds
    yield found
    for tag in tags:
        image.engine.images.remove(tag, force=True)


def test_two_builds_of_either_builder_have_the_same_layers(
    image: Image, base: str, built: dict[str, list[dict[str, Any]]]
) -> None:
    below = image.engine.images.get(base).attrs["RootFS"]["Layers"]
    layers = [each["RootFS"]["Layers"] for images in built.values() for each in images]
    assert all(each[: len(below)] == below for each in layers)
    # The base's installers, the task root; BuildKit adds an empty layer for WORKDIR.
    first, *others = [each[len(below) :][:2] for each in layers]
    assert len(first) == 2
    assert all(each == first for each in others)
    assert built["1"][0]["RootFS"] == built["1"][1]["RootFS"]


def test_buildkit_builds_the_same_image_of_a_commit(
    built: dict[str, list[dict[str, Any]]],
) -> None:
    first, second = built["1"]
    if first["Created"] == CREATED:
        assert first["Id"] == second["Id"]
    # BuildKit before 0.11, which Docker 20 has, does not know SOURCE_DATE_EPOCH.
    assert first["Config"] == second["Config"]


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
