"""The wheel, installed into an empty environment without a registry, does what the README says.

One environment grows from the bare install to every extra: each test is a step of it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEY = "local-development-key"
FIRST_ANSWER_S = 60
pytestmark = pytest.mark.timeout(600)
DATA = {
    "openapi_first/py.typed",
    "openapi_first/conformance/reports/page_files/report.css",
    "openapi_first/conformance/reports/page_files/run.html",
    "openapi_first/project/project_files/every/DOT.github/workflows/ci.yaml.jinja",
    "openapi_first/project/project_files/locks/serve.txt",
    "openapi_first/stage/console/console_files/index.html",
}


@dataclass(frozen=True)
class Environment:
    """An environment that has the wheel, and a folder that has the sample service."""

    folder: Path
    wheel: Path
    service: Path
    wheelhouse: Path

    def install(self, extra: str = "") -> None:
        command = [sys.executable, "-m", "pip", "--isolated", "--python", self.python, "install"]
        options = ["--quiet", "--no-compile", "--no-index"]
        folders = [f"--find-links={folder}" for folder in (self.wheelhouse, self.wheel.parent)]
        subprocess.run(
            [*command, *options, *folders, f"openapi-first-serverless{extra}"],
            env={**os.environ, "PIP_CONFIG_FILE": os.devnull},
            check=True,
        )

    def install_file(self) -> None:
        """Install the engine again, from the file."""
        command = [sys.executable, "-m", "pip", "--isolated", "--python", self.python, "install"]
        options = ["--quiet", "--no-index", "--no-deps", "--force-reinstall"]
        subprocess.run([*command, *options, str(self.wheel)], check=True)

    @property
    def python(self) -> str:
        return str(self.folder / "bin" / "python")

    @property
    def command(self) -> str:
        return str(self.folder / "bin" / "contract")

    @property
    def variables(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def contract(self, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [self.command, *arguments],
            cwd=self.service,
            env=self.variables,
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done

    def assert_every_command_has_help(self) -> None:
        names = re.findall(r"^    ([a-z]+) ", self.contract("--help").stdout, re.M)
        assert {"compile", "diff", "drift", "lint", "serve", "test"} <= set(names)
        for name in names:
            assert f"usage: contract {name}" in self.contract(name, "--help").stdout


def built(folder: Path) -> Path:
    """The wheel, as `make wheel` builds it."""
    subprocess.run(
        [sys.executable, ROOT / "tools" / "distributions.py", folder],
        env={**os.environ, "SOURCE_DATE_EPOCH": "1750000000"},
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def environment(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Environment:
    wheelhouse = request.config.getoption("--wheelhouse").resolve()
    folder = tmp_path_factory.mktemp("wheel")
    service = folder / "service"
    shutil.copytree(ROOT / "src" / "items", service / "src" / "items")
    shutil.copyfile(ROOT / "openapi.yaml", service / "openapi.yaml")
    venv.create(folder / "environment", with_pip=False)
    return Environment(folder / "environment", built(folder / "distributions"), service, wheelhouse)


def test_the_wheel_has_one_name_at_the_top_and_its_data(environment: Environment) -> None:
    with zipfile.ZipFile(environment.wheel) as wheel:
        names = set(wheel.namelist())
    information = {name for name in names if name.partition("/")[0].endswith(".dist-info")}
    assert {name.partition("/")[0] for name in names - information} == {"openapi_first"}
    assert names >= DATA
    sources = {path.relative_to(ROOT / "src") for path in (ROOT / "src/openapi_first").rglob("*")}
    kept = {str(path) for path in sources if path.suffix != ".pyc"}
    assert names - information == {name for name in kept if (ROOT / "src" / name).is_file()}


def test_the_same_sources_give_the_same_wheel(environment: Environment, tmp_path: Path) -> None:
    previous = os.umask(0o077)
    again = built(tmp_path / "again")
    os.umask(previous)
    assert again.read_bytes() == environment.wheel.read_bytes()


def test_the_bare_install_runs_a_lambda_and_says_what_else_to_install(
    environment: Environment,
) -> None:
    environment.install()
    environment.assert_every_command_has_help()
    names = "from openapi_first.runtime import *; import openapi_first.runtime.bootstrap"
    subprocess.run(
        [environment.python, "-W", "error", "-c", names],
        env=environment.variables,
        check=True,
    )
    for command, extra in (
        (("lint", "openapi.yaml"), "build"),
        (("serve", "--handler", "items.handler.handler"), "serve"),
    ):
        done = environment.contract(*command, status=2)
        (line,) = (done.stdout + done.stderr).splitlines()
        assert line.startswith("contract: this command needs the package ")
        assert line.endswith(f": pip install 'openapi-first-serverless[{extra}]'")


def test_with_build_it_lints_and_compiles(environment: Environment) -> None:
    environment.install("[build]")
    environment.contract("lint", "openapi.yaml")
    environment.contract("compile", "openapi.yaml", "--output", "compiled.py")
    assert (environment.service / "compiled.py").exists()
    done = environment.contract("test", "http://127.0.0.1:9/prod", status=2)
    (line,) = done.stderr.splitlines()
    assert line.endswith(": pip install 'openapi-first-serverless[test]'")


def test_with_all_it_serves_the_sample(environment: Environment) -> None:
    environment.install("[all]")
    environment.contract("test", "http://127.0.0.1:9/prod", "--dry-run")
    with served(environment) as url:
        request = urllib.request.Request(f"{url}/items", headers={"x-api-key": KEY})
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert (answer.status, answer.read()) == (200, b'{"items":[]}')


@contextlib.contextmanager
def served(environment: Environment) -> Iterator[str]:
    """The base URL of the sample service."""
    options = ["--handler", "items.handler.handler", "--setup", "items.table", "--port", "0"]
    variables = {**environment.variables, "PYTHONPATH": "src", "TABLE_NAME": "items"}
    command = [environment.command, "serve", *options, "--env", "TABLE_NAME"]
    with announced(command, environment.service, {**variables, "API_KEY": KEY}) as url:
        yield url


@contextlib.contextmanager
def announced(command: list[str], folder: Path, variables: dict[str, str]) -> Iterator[str]:
    """The base URL that `contract serve` prints, until it is ended as by Ctrl-C."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    timer = threading.Timer(FIRST_ANSWER_S, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    try:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            found = re.search(r"Base URL +(\S+)", line)
            if found:
                yield found[1]
                break
        else:
            pytest.fail("".join(lines))
    finally:
        timer.cancel()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=20)


def test_init_takes_the_wheel_that_the_engine_was_installed_from(
    environment: Environment, tmp_path: Path
) -> None:
    environment.install("[build]")
    folder = tmp_path / "shop"
    (line,) = environment.contract("init", str(folder), status=2).stderr.splitlines()
    assert "--wheel FILE" in line
    environment.install_file()
    environment.contract("init", str(folder))
    assert (
        folder / "wheels" / environment.wheel.name
    ).read_bytes() == environment.wheel.read_bytes()
    assert environment.contract("upgrade", str(folder)).stdout.startswith("nothing to do: ")


def test_a_new_project_answers_within_a_minute_and_passes_its_checks(
    environment: Environment, tmp_path: Path
) -> None:
    environment.install("[build]")
    environment.contract("init", str(tmp_path / "shop"), "--wheel", str(environment.wheel))
    folder = str(environment.wheelhouse)
    local = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": folder, "PIP_CONFIG_FILE": os.devnull}
    variables = {**environment.variables, **local, "PYTHON": sys.executable, "PORT": "0"}
    began = time.monotonic()
    with announced(["make", "serve"], tmp_path / "shop", {**variables, "API_KEY": KEY}) as url:
        request = urllib.request.Request(f"{url}/greetings/Ada", headers={"x-api-key": KEY})
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 200
    assert time.monotonic() - began < FIRST_ANSWER_S
    for target in ("gateway", "test", "lint", "contract-test"):
        done = subprocess.run(
            ["make", target, "ARGS=--max-examples 2"],
            cwd=tmp_path / "shop",
            env=variables,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"make {target}\n{done.stdout}{done.stderr}"
