"""The image on a base laid out as AWS's own (Lambda: python-image), which needs a registry.

Python is at /var/lang, with boto3 beside pip; the emulator is at /usr/local/bin; the entry point is
a script; there is no package manager of Debian's, no way to make users, and of text tools not even
grep.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import docker.errors
import pytest

from image.conftest import ROOT, Image, archive, files_of, json_lines
from image.test_contents import LIMIT_MB, MB, is_tool
from image.test_start import (
    LOCKED,
    PORT,
    REFUSED,
    TABLE,
    Start,
    ask_inside,
    invoke,
    status_of,
)

pytestmark = pytest.mark.timeout(300)

LAYOUT = r"""
FROM {base}
USER 0:0
COPY aws-lambda-rie /usr/local/bin/aws-lambda-rie
RUN python3 -m venv --copies /var/lang && \
    rm -rf /usr/bin/python3* /usr/bin/apt* /usr/bin/dpkg* /usr/sbin/useradd /usr/sbin/groupadd \
      /usr/sbin/adduser /usr/bin/grep /usr/bin/sed /usr/bin/*awk /usr/bin/find /usr/bin/perl* && \
    mkdir -p /var/task /var/runtime /opt && chmod 755 /usr/local/bin/aws-lambda-rie && \
    mkdir /var/lang/lib/python3.13/site-packages/botocore && \
    truncate -s 30M /var/lang/lib/python3.13/site-packages/botocore/data && \
    printf '#!/bin/sh\nexec false\n' > /lambda-entrypoint.sh && chmod 755 /lambda-entrypoint.sh
ENV LANG=en_US.UTF-8 TZ=:/etc/localtime PATH=/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin \
    LD_LIBRARY_PATH=/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/task:/opt/lib \
    LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime
WORKDIR /var/task
ENTRYPOINT ["/lambda-entrypoint.sh"]
"""


@pytest.fixture(scope="module")
def on_aws_base(image: Image) -> Iterator[str]:
    base = f"{image.name}-aws-base"
    name = f"{image.name}-on-aws-base"
    layout = LAYOUT.replace("{base}", os.environ.get("BASE") or "python:3.13-slim")
    files = {"Dockerfile": layout, "aws-lambda-rie": image.emulator.read_bytes()}
    try:
        image.engine.images.build(
            fileobj=archive(files), custom_context=True, tag=base, network_mode="none", rm=True
        )
        image.engine.images.build(
            path=str(ROOT), tag=name, buildargs={"BASE": base}, network_mode="none", rm=True
        )
        yield name
    except docker.errors.BuildError as error:
        said = "".join(str(line.get("stream", "")) for line in error.build_log)
        pytest.fail(f"{error}\n{said}")
    finally:
        for tag in (name, base):
            if image.engine.images.list(tag):
                image.engine.images.remove(tag, force=True)


def test_plain_docker_run_answers_by_the_emulator_of_the_base(
    on_aws_base: str, start: Start
) -> None:
    container = start(image_name=on_aws_base, environment=TABLE, ports=PORT, volumes={})
    status, payload = invoke(container, REFUSED)
    assert (status, status_of(payload)) == (200, 400)


def test_it_answers_with_nothing_but_tmp_to_write_no_rights_and_no_network(
    on_aws_base: str, start: Start
) -> None:
    container = start(image_name=on_aws_base, environment=TABLE, volumes={}, **LOCKED)
    assert ask_inside(container) == 400


def test_what_keeps_it_from_starting_is_one_line_of_json(on_aws_base: str, start: Start) -> None:
    container = start(image_name=on_aws_base, ports=PORT, volumes={})
    invoke(container, REFUSED)
    told = [line for line in json_lines(container) if line.get("level") == "ERROR"]
    assert told
    assert all("TABLE_NAME is missing" in line["errorMessage"] for line in told)


def test_its_python_is_the_bases_and_no_installer_is_left(image: Image, on_aws_base: str) -> None:
    with files_of(image.engine, on_aws_base) as content:
        launcher = content.extractfile("var/task/bootstrap")
        assert launcher is not None
        assert launcher.readline().startswith(b"#!/var/lang/bin/python3")
        assert not [each for each in content if is_tool(each)]


def test_what_its_python_has_besides_stays_and_is_not_copied(
    image: Image, on_aws_base: str
) -> None:
    with files_of(image.engine, on_aws_base) as content:
        packages = "var/lang/lib/python3.13/site-packages"
        assert content.getmember(f"{packages}/botocore/data").size == 30 * 1024**2
    above = image.engine.images.get(on_aws_base).attrs["Size"]
    assert above - image.engine.images.get(f"{image.name}-aws-base").attrs["Size"] <= LIMIT_MB * MB
