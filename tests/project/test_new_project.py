from __future__ import annotations

import json
import re
import signal
import stat
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from openapi_first.cli.main import main

BEARER = """\
openapi: 3.1.0
info: {title: "A \\"quoted\\"\\nname", version: "1"}
security: [{token: []}]
paths:
  /a/{id}:
    patch:
      operationId: changeThing
      summary: 'Says "no" \\ often'
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: page, in: query, schema: {type: integer, minLength: 3}}
        - name: state
          in: query
          schema: {enum: [one long value, another long value, yet another long value, last]}
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {"200": {description: Done, content: {application/json: {schema: {type: object}}}}}
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
"""


@pytest.fixture
def wheel(tmp_path_factory: pytest.TempPathFactory) -> str:
    number = version("openapi-first-serverless")
    path = tmp_path_factory.mktemp("w") / f"openapi_first_serverless-{number}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"openapi_first_serverless-{number}.dist-info/METADATA", "")
    return str(path)


def run(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("source", [None, BEARER])
def test_a_new_project_passes_its_own_checks(
    tmp_path: Path,
    wheel: str,
    source: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "my-shop"
    arguments = ["init", str(folder), "--wheel", wheel]
    if source is not None:
        (tmp_path / "theirs.yaml").write_text(source)
        arguments += ["--from", str(tmp_path / "theirs.yaml")]
    assert main(arguments) == 0
    said = "`contract lint` accepts what this contract does not pass: keyword-without-effect\n"
    assert (said in capsys.readouterr().out) == (source is not None)
    monkeypatch.chdir(folder)
    run("ruff", "check", ".")
    run("ruff", "format", "--check", ".")
    run("pytest", "-q", "-p", "no:cacheprovider")
    assert ("AWS::ApiGateway::ApiKey" in (folder / "template.yaml").read_text()) == (source is None)
    assert ("unfinished" in (folder / "pyproject.toml").read_text()) == (source is not None)
    assert main(["types", "--check"]) == 0
    assert main(["gateway", "-o", "build/openapi.gateway.json"]) == 0
    assert main(["lint"]) == 0
    assert len(re.findall("^[a-z-]+:.*## (?!aws:)", (folder / "Makefile").read_text(), re.M)) <= 12
    assert (folder / ".ci" / "run").stat().st_mode & stat.S_IXUSR
    json.loads((folder / ".vscode" / "launch.json").read_text())
    for name in (
        ".github/workflows/ci.yaml",
        ".github/workflows/deploy.yaml",
        ".pre-commit-config.yaml",
    ):
        assert yaml.safe_load((folder / name).read_text())
    for path in folder.rglob("*"):
        if path.suffix in {".py", ".toml", ".yaml", ".md", ".in"} or path.name == "Makefile":
            text = path.read_text()
            assert "<%" not in text, path
            assert "<[" not in text, path
            assert "DynamoDB" not in text, path


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["full"], "contract: full is not empty: name a new or an empty folder"),
        (["shop", "--from", "none.yaml"], "none.yaml: cannot be read: No such file or directory"),
        (["shop", "--from", "full"], "full: cannot be read: Is a directory"),
        (["shop", "--package", "class"], "contract: --package 'class' cannot be a package: class"),
        (["json"], "contract: the folder name 'json' gives no package name: json is a module"),
        (["42"], "contract: the folder name '42' gives no package name"),
        (["link/shop"], "contract: FOLDER/link is a link that leads nowhere"),
        (["loop/shop"], "contract: FOLDER/loop is a link that leads nowhere"),
        (["none/.."], "contract: FOLDER is not empty: name a new or an empty folder"),
        (["a" * 300, "--package", "shop"], f"contract: {'a' * 300}: File name too long"),
        (["full/mine/shop"], "contract: full/mine/shop cannot be written: Not a directory"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    tmp_path: Path,
    wheel: str,
    arguments: list[str],
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    before = sorted(tmp_path.rglob("*"))
    assert main(["init", *arguments, "--wheel", wheel]) == 2
    (printed,) = capsys.readouterr().err.splitlines()
    assert printed.replace(str(tmp_path), "FOLDER").startswith(line)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_contract_with_errors_leaves_nothing(
    tmp_path: Path, wheel: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {/a: {get: {}}}\n")
    assert main(["init", str(tmp_path / "shop"), "--from", str(wrong), "--wheel", wheel]) == 2
    assert f"{wrong}:3: " in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [wrong]


@pytest.mark.parametrize(
    ("number", "place"),
    [
        (signal.SIGINT, "shop"),
        (signal.SIGINT, "above/shop"),
        (signal.SIGTERM, "above/shop"),
        (signal.SIGHUP, "shop"),
        (signal.SIGQUIT, "above/shop"),
    ],
)
def test_a_signal_leaves_nothing_and_one_line(
    tmp_path: Path, wheel: str, number: signal.Signals, place: str
) -> None:
    script = (
        "import os, pathlib\n"
        "from openapi_first.cli.main import main\n"
        "write = pathlib.Path.write_bytes\n"
        "def interrupted(path, data):\n"
        "    write(path, data)\n"
        f"    if path.name == 'Makefile': os.kill(os.getpid(), {number.value})\n"
        "pathlib.Path.write_bytes = interrupted\n"
        f"raise SystemExit(main(['init', {place!r}, '--wheel', {wheel!r}]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True
    )
    line = f"contract: interrupted: nothing is left of {place}\n"
    assert (done.returncode, done.stderr) == (-number, line)
    assert not list(tmp_path.iterdir())


def test_a_linked_folder_and_one_with_spaces_and_umlauts_give_their_own_names(
    tmp_path: Path, wheel: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "my-link").symlink_to("empty")
    assert main(["init", "my-link", "--wheel", wheel]) == 0
    assert (tmp_path / "empty/src/my_link").is_dir()
    assert main(["init", "above/Mein Büro", "--wheel", wheel]) == 0
    assert (tmp_path / "above/Mein Büro/src/mein_buro").is_dir()
    assert "Next: cd 'above/Mein Büro' && make serve\n" in capsys.readouterr().out


def test_what_contract_upgrade_needs_is_kept(tmp_path: Path, wheel: str) -> None:
    folder = tmp_path / "shop"
    assert main(["init", str(folder), "--wheel", wheel]) == 0
    base = folder / ".contract" / "base"
    kept = {path.relative_to(base) for path in base.rglob("*") if path.is_file()}
    for path in kept:
        assert (base / path).read_bytes() == (folder / path).read_bytes()
    others = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()} - kept
    assert {path.as_posix() for path in others if path.parts[0] != ".contract"} == {
        "README.md",
        "openapi.yaml",
        "src/shop/operations.py",
        "src/shop/types.py",
        "tests/test_operations.py",
        f"wheels/{Path(wheel).name}",
    }
