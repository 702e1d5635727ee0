"""`contract stubs` adds typed functions and changes nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from openapi_first.cli.main import main
from openapi_first.openapi.loader import load
from openapi_first.python_types.operations_module import OperationsModule
from openapi_first.python_types.signatures import signatures_of
from openapi_first.python_types.stubs import HiddenFunctions, missing_functions, with_functions

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
        env={"MYPYPATH": str(ROOT / "src"), "MYPY_CACHE_DIR": str(ROOT / ".mypy_cache" / "types")},
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
        "import os\nX = 'a\u2028b'\n",
        "import sys\nmatch sys.platform:\n    case _:\n        def list_items(): ...\n",
        "#!/usr/bin/env python\n# Copyright\n\nX = 1\n",
        "import os\nX = 1",
    ],
)
def test_what_exists_stays_as_it_is(source: str) -> None:
    written = added(source)
    tree, old = ast.parse(written), ast.parse(source)
    kept = [ast.dump(each) for each in tree.body]
    assert [each for each in map(ast.dump, old.body) if each not in kept] == []
    rest = iter(written.splitlines())
    assert all(line in rest for line in source.rstrip("\n").splitlines()), "in the same order"
    assert missing_functions(OperationsModule(written, PATH), TYPES) == ()
    assert added(written) == written


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "mark"])
def test_line_ends_and_the_byte_order_mark_stay(tmp_path: Path, mark: bytes) -> None:
    path = tmp_path / "operations.py"
    path.write_bytes(mark + b"import os\r\n\r\nX = os\r\n")
    assert main(["stubs", str(CONTRACT), "-o", str(path)]) == 0
    written = path.read_bytes()
    assert written.startswith(mark + b"import os\r\n")
    assert b"def list_items(" in written
    assert written.count(b"\n") == written.count(b"\r\n")


def test_a_first_line_for_the_system_stays_the_first() -> None:
    assert added("#!/usr/bin/env python\n# Copyright\n").startswith("#!/usr/bin/env python\n# C")


@pytest.mark.parametrize(
    ("imports", "name"),
    [
        ("import types\n", "contract_types"),
        ("import shop.types\n", "shop.types"),
        ("from shop import types as t\n", "t"),
        ("if X:\n    from . import types\n", "types"),
    ],
)
def test_annotations_have_the_name_that_the_module_of_types_has(imports: str, name: str) -> None:
    assert f'-> "{name}.ItemPage":' in added(imports)


def test_functions_that_a_star_may_bring_are_not_written_again() -> None:
    with pytest.raises(HiddenFunctions, match=r"^operations.py:2: .* brings list_items, "):
        added("import os\nfrom shop.more import *\n")


def test_operations_may_have_the_names_of_what_functions_need(tmp_path: Path) -> None:
    contract = tmp_path / "openapi.yaml"
    contract.write_text(
        "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n"
        "    get: {operationId: types, responses: {'200': {description: A}}}\n"
        "    put: {operationId: annotations, responses: {'200': {description: A}}}\n"
        "    post: {operationId: list, responses: {'200': {description: A, content: "
        "{application/json: {schema: {type: array, items: {$ref: '#/components/schemas/A'}}}}}}}\n"
        "components: {schemas: {A: {type: object, properties: {a: {type: string}}}}}\n"
    )
    written = with_functions("", PATH, signatures_of(load(contract)), "shop.types")
    for head in ("types() -> None", "annotations() -> None"):
        assert f"def {head}:" in written
    assert "def list() -> builtins.list[contract_types.A]:" in written
    assert "import builtins\n" in written
    assert "    from shop import types as contract_types\n" in written


def test_annotations_are_strings_where_python_would_evaluate_them() -> None:
    written = added("X = 1\n")
    assert 'def list_items(limit: "int", cursor: "str | None") -> "types.ItemPage":' in written
    assert "if TYPE_CHECKING:\n    from shop import types\n" in written
    exec(compile(written, "operations.py", "exec"), {})


def test_without_a_module_of_types_functions_have_no_annotations() -> None:
    assert "def list_items(limit, cursor):" in added("", None)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"\ndef f(:\n", "invalid syntax"),
        (b"\nX = '\xe9'\n", "this is not UTF-8"),
        (b"\nX = 1\0\n", "there is a null byte"),
    ],
    ids=["syntax", "encoding", "null"],
)
def test_a_module_that_python_cannot_read_is_named_and_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], source: bytes, message: str
) -> None:
    path = tmp_path / "operations.py"
    path.write_bytes(source)
    assert main(["stubs", str(CONTRACT), "-o", str(path)]) == 2
    assert f"{path}:2: {message}. " in capsys.readouterr().err
    assert path.read_bytes() == source


def test_without_a_handler_the_module_has_to_be_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "openapi.yaml").write_bytes(CONTRACT.read_bytes())
    assert main(["stubs", str(tmp_path / "openapi.yaml")]) == 2
    assert "-o FILE" in capsys.readouterr().err
