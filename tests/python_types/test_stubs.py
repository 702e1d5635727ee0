"""`contract stubs` adds typed functions and changes nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from openapi_first.cli.main import main
from openapi_first.openapi.loader import load
from openapi_first.python_types.signatures import signatures_of
from openapi_first.python_types.stubs import missing_functions, with_functions

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "openapi.yaml"
TYPES = signatures_of(load(CONTRACT))
PATH = Path("operations.py")


def added(source: str, types_module: str | None = "shop.types") -> str:
    return with_functions(source, PATH, TYPES, types_module)


def test_a_new_module_has_every_function_and_the_type_checker_accepts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").touch()
    (tmp_path / "openapi.yaml").write_bytes(CONTRACT.read_bytes())
    (tmp_path / "pyproject.toml").write_text(
        '[tool.contract]\nhandler = "shop.handler.handler"\ntypes = "shop/types.py"\n'
    )
    (package / "handler.py").write_text(
        "from shop import operations\nfrom shop.types import Operations\n\n"
        "_: Operations = operations\n"
    )
    monkeypatch.chdir(tmp_path)
    assert main(["stubs"]) == 0
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file=",
            "--follow-imports=silent",
            "shop",
        ],
        env={"MYPYPATH": str(ROOT / "src"), "MYPY_CACHE_DIR": str(ROOT / ".mypy_cache" / "stubs")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    text = (package / "operations.py").read_text()
    assert "def list_items(limit: int, cursor: str | None) -> types.ItemPage:" in text
    assert '"""Create an item"""' in text
    assert "-> Reply[types.Item]:" in text
    assert main(["stubs"]) == 0
    assert (package / "operations.py").read_text() == text


@pytest.mark.parametrize(
    "source",
    [
        "X = 1  # kept\n",
        "#!/usr/bin/env python\n# no newline at the end\nX = (1,\n     2)",
        '"""Docs."""\nimport os\n\nfrom decimal import (\n    Decimal,\n)\n\n'
        "X = os.name, Decimal\n",
        '"""Docs."""\n\nfrom __future__ import annotations\n\n'
        "try:\n    import a\nexcept ImportError:\n"
        "    def list_items():\n        pass\n",
        "if True:\n    from other import get_item as get_item, types\nelse:\n    types = None\n",
        "async def delete_item(): ...\n\nupdate_item = delete_item\n",
        "\f\nX = '''\n\n\n'''\n",
    ],
)
def test_what_exists_stays_as_it_is(source: str) -> None:
    written = added(source)
    tree, old = ast.parse(written), ast.parse(source)
    kept = [ast.dump(each) for each in tree.body]
    assert [each for each in map(ast.dump, old.body) if each not in kept] == []
    rest = iter(written.splitlines())
    assert all(line in rest for line in source.rstrip("\n").splitlines()), "in the same order"
    assert missing_functions(written, PATH, TYPES) == ()
    assert added(written) == written


def test_annotations_are_strings_where_python_would_evaluate_them() -> None:
    written = added("X = 1\n")
    assert 'def list_items(limit: "int", cursor: "str | None") -> "types.ItemPage":' in written
    assert "if TYPE_CHECKING:\n    from shop import types\n" in written
    exec(compile(written, "operations.py", "exec"), {})


def test_without_a_module_of_types_functions_have_no_annotations() -> None:
    assert "def list_items(limit, cursor):" in added("", None)


def test_a_module_that_python_cannot_read_is_named_and_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "operations.py"
    path.write_text("def f(:\n")
    assert main(["stubs", str(CONTRACT), "-o", str(path)]) == 2
    assert f"{path}:1: " in capsys.readouterr().err
    assert path.read_text() == "def f(:\n"


def test_without_a_handler_the_module_has_to_be_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "openapi.yaml").write_bytes(CONTRACT.read_bytes())
    assert main(["stubs", str(tmp_path / "openapi.yaml")]) == 2
    assert "-o FILE" in capsys.readouterr().err
