"""Each generator writes a client that installs, and that a session with the stage works with.

A client creates, reads, lists, updates and deletes an item, and gets problems as data.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from openapi_first.clients.typescript import NPM_PACKAGES, OPENAPI_FETCH
from support.serving import KEY, ROOT

pytestmark = pytest.mark.timeout(300)
HERE = Path(__file__).parent
MODULES = ROOT / "node_modules"


@pytest.fixture
def python(request: pytest.FixtureRequest) -> str:
    """A Python that has the generators."""
    return str(Path(request.config.getoption("--generators")).absolute())


def run(*command: str, folder: Path, path: Path, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(path), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def generated(python: str, generator: str, folder: Path) -> str:
    """What the command prints. npm takes what node_modules has, without the network."""
    command = [python, "-m", "openapi_first", "client", generator, "-o", str(folder)]
    offline = {"npm_config_offline": "true"}
    return run(*command, folder=ROOT, path=ROOT / "src", **offline)


def installed(python: str, client: Path, target: Path) -> None:
    command = [python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    options = ["--no-build-isolation", "--target", str(target), str(client)]
    run(*command, *options, folder=client, path=target)


@pytest.mark.parametrize(
    ("generator", "session"),
    [("python", "session.py"), ("openapi-generator:python", "generator_session.py")],
)
def test_a_python_client_works_with_the_stage(
    python: str, generator: str, session: str, tmp_path: Path, stage: str
) -> None:
    client, site = tmp_path / "client", tmp_path / "site"
    generated(python, generator, client)
    installed(python, client, site)
    run(python, str(HERE / session), stage, KEY, folder=tmp_path, path=site)
    # What the installation left in the folder is no change by hand.
    generated(python, generator, client)


def test_a_typescript_client_works_with_the_stage_under_strict_types(
    python: str, tmp_path: Path, stage: str
) -> None:
    client, modules = tmp_path / "client", tmp_path / "node_modules"
    generated(python, "typescript", client)
    modules.mkdir()
    for name in ("openapi-fetch", "openapi-typescript-helpers", "typescript"):
        (modules / name).symlink_to(MODULES / name)
    # As `npm install FOLDER` does it.
    (modules / json.loads((client / "package.json").read_text())["name"]).symlink_to(client)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    shutil.copy(HERE / "session.ts", tmp_path)
    compiler = [str(MODULES / ".bin" / "tsc"), "--strict", "--module", "nodenext"]
    options = ["--target", "es2022", "--lib", "es2022,dom,dom.iterable"]
    run(*compiler, *options, "session.ts", folder=tmp_path, path=tmp_path)
    run("node", "session.js", stage, KEY, folder=tmp_path, path=tmp_path)


def test_the_versions_are_those_that_package_json_locks() -> None:
    locked = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    for package in (*NPM_PACKAGES, f"openapi-fetch@{OPENAPI_FETCH}"):
        name, _, version = package.rpartition("@")
        assert locked[name] == version


def test_what_a_generator_leaves_out_is_reported(python: str, tmp_path: Path) -> None:
    contract = tmp_path / "openapi.yaml"
    contract.write_text("""\
openapi: 3.0.3
info: {title: Pictures, version: "1"}
paths:
  /pictures:
    put:
      requestBody:
        content:
          application/json: {schema: {type: object}}
          application/xml: {schema: {type: object}}
      responses: {"204": {description: Kept.}}
    post:
      requestBody: {content: {image/png: {schema: {type: string, format: binary}}}}
      responses: {"204": {description: Kept.}}
""")
    command = [python, "-m", "openapi_first", "client", "python", str(contract), "-o", "client"]
    said = run(*command, folder=tmp_path, path=ROOT / "src")
    assert "PUT /pictures: the client sends application/json, not application/xml" in said
    assert "POST /pictures" in said
    assert "Unsupported content type image/png" in said
    names = {path.name for path in (tmp_path / "client").rglob("*.py")}
    assert "put_pictures.py" in names
    assert "post_pictures.py" not in names
