"""New projects, whose template and workflows are judged as those of this repository."""

from __future__ import annotations

import zipfile
from importlib.metadata import version
from pathlib import Path

from openapi_first.cli.main import main

BEARER = """\
openapi: 3.1.0
info: {title: Berths, version: "1"}
security: [{token: []}]
paths:
  /berths:
    get: {operationId: listBerths, responses: {"200": {description: All berths}}}
components: {securitySchemes: {token: {type: http, scheme: bearer}}}
"""
SOURCES = {"starter": None, "bearer": BEARER}
"""The contract to start from; None for the one that takes an API key."""


def new_project(folder: Path, name: str) -> Path:
    number = version("openapi-first-serverless")
    wheel = folder / f"openapi_first_serverless-{number}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"openapi_first_serverless-{number}.dist-info/METADATA", "")
    arguments = ["init", str(folder / "harbour"), "--wheel", str(wheel)]
    source = SOURCES[name]
    if source is not None:
        (folder / "openapi.yaml").write_text(source)
        arguments += ["--from", str(folder / "openapi.yaml")]
    assert main(arguments) == 0
    return folder / "harbour"
