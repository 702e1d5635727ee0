"""What `openapi_first.compiler.image` leaves in a task root and what it takes away."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest
from botocore.loaders import Loader

from openapi_first.compiler.image import (
    add_service,
    check_hook,
    main,
    prune,
    remove_unimportable,
    seal,
)

MODEL = {
    "metadata": {"serviceId": "DynamoDB"},
    "documentation": "What it is",
    "shapes": {
        "Table": {
            "type": "structure",
            "members": {
                "documentation": {"shape": "Text", "documentation": "What is written about it"},
                "names": {"shape": "Names", "enum": ["documentation"]},
            },
        }
    },
}


def tree(root: Path) -> set[str]:
    files = (path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(root).as_posix() for path in files}


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    files = {
        "openapi_first/__init__.py": "",
        "openapi_first/core/media_types.py": "",
        "shop/__init__.py": "",
        "shop/handler.py": "from openapi_first.runtime import lambda_handler\n",
        "shop/prices.json": "{}",
        "shop/tests/test_handler.py": "",
        "shop/__pycache__/handler.cpython-311.pyc": "",
        "notes/readme.txt": "",
    }
    return write(tmp_path / "src", **files)


@pytest.fixture
def task_root(tmp_path: Path) -> Path:
    """What is installed before: the engine and its dependencies."""
    files = {
        "compiled.py": "",
        "openapi_first/__init__.py": "",
        "openapi_first/__main__.py": "",
        "openapi_first/py.typed": "",
        "openapi_first/core/__init__.py": "",
        "openapi_first/runtime/__init__.py": "",
        "openapi_first/compiler/__init__.py": "",
        "openapi_first/stage/console/index.html": "",
        "openapi_first_serverless-1.0.dist-info/METADATA": "",
        "openapi_first_serverless-1.0.dist-info/RECORD": "",
        "botocore/data/dynamodb/2012-08-10/service-2.json": json.dumps(MODEL),
    }
    return write(tmp_path / "task", **files)


def test_every_package_beside_the_engine_is_the_service(source: Path, task_root: Path) -> None:
    before = tree(task_root)
    add_service(source, task_root)
    assert tree(task_root) - before == {"shop/__init__.py", "shop/handler.py", "shop/prices.json"}


def test_of_the_engine_core_and_runtime_stay(task_root: Path) -> None:
    prune(task_root, ["dynamodb"])
    assert {name for name in tree(task_root) if name.startswith("openapi_first")} == {
        "openapi_first/__init__.py",
        "openapi_first/core/__init__.py",
        "openapi_first/runtime/__init__.py",
        "openapi_first_serverless-1.0.dist-info/METADATA",
        "openapi_first_serverless-1.0.dist-info/RECORD",
    }


def test_what_the_trial_of_a_version_calls_stays_whatever_the_service_calls(
    task_root: Path,
) -> None:
    data = ("lambda/2015-03-31", "codedeploy/2014-10-06", "sqs/2012-11-05")
    files = {f"botocore/data/{each}/service-2.json": json.dumps(MODEL) for each in data}
    write(task_root, **files)
    prune(task_root, [])
    assert {path.name for path in (task_root / "botocore" / "data").iterdir()} == {
        "codedeploy",
        "lambda",
    }


def test_the_data_of_services_not_called_goes_and_the_shared_data_stays(task_root: Path) -> None:
    prune(task_root, ["dynamodb"])
    before = tree(task_root)
    stay = ("botocore/data/endpoints.json.gz", "package/code.py", "package/latest/code.py")
    go = (
        "botocore/data/dynamodb/2012-08-10/examples-1.json",
        "botocore/data/s3/2006-03-01/service-2.json.gz",
        "boto3/data/ec2/2016-11-15/resources-1.json",
        "boto3/examples/s3.rst",
        "bin/jp.py",
        "package/tests/test_it.py",
        "package/code.pyi",
        "package/openapi/swagger_ui/swagger-ui.min.css",
    )
    write(task_root, **dict.fromkeys((*stay, *go), ""))
    prune(task_root, ["dynamodb"])
    assert tree(task_root) - before == set(stay)


def test_botocore_reads_the_data_that_was_compressed(task_root: Path) -> None:
    data = task_root / "botocore" / "data"
    (data / "endpoints.json").write_text('{"version": 3}')
    prune(task_root, ["dynamodb"])
    assert not (data / "endpoints.json").exists()
    loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    assert loader.load_data("endpoints") == {"version": 3}


def test_the_models_of_the_services_have_no_texts(task_root: Path) -> None:
    prune(task_root, ["dynamodb"])
    data = str(task_root / "botocore" / "data")
    loader = Loader(extra_search_paths=[data], include_default_search_paths=False)
    assert loader.load_service_model("dynamodb", "service-2") == {
        "metadata": {"serviceId": "DynamoDB"},
        "documentation": "",
        "shapes": {
            "Table": {
                "type": "structure",
                "members": {
                    "documentation": {"shape": "Text", "documentation": ""},
                    "names": {"shape": "Names", "enum": ["documentation"]},
                },
            }
        },
    }


def test_a_service_that_botocore_does_not_know_stops_the_build(task_root: Path) -> None:
    (task_root / "botocore" / "data" / "s3").mkdir()
    with pytest.raises(ValueError, match="botocore does not know the service dynamo, sqss"):
        prune(task_root, ["sqss", "s3", "dynamo"])


def test_a_module_whose_import_can_only_fail_goes(tmp_path: Path) -> None:
    stay = {
        "lib/__init__.py": "import json\n",
        "lib/tried.py": "try:\n    import absent\nexcept ImportError:\n    absent = None\n",
        "lib/typed.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import absent\n",
        "lib/later.py": "def use():\n    import absent\n",
        "lib/siblings.py": "from . import tried\nfrom .deep import values\nfrom lib import typed\n",
        "lib/deep/__init__.py": "",
        "lib/deep/values.py": "from ..later import use\n",
        "lib/based.py": "import of_the_base\n",
        "lib/looks.py": "import sys\ndef look():\n    return sys.path\n",
        "lib/broken.py": "def\n",
        "compiled.py": "import absent\n",
        "openapi_first/runtime/__init__.py": "import absent\n",
        "other/__init__.py": "import sys\nsys.path.append('vendored')\n",
        "other/module.py": "import absent\n",
    }
    go = {
        "lib/needs.py": "import json, absent.part\n",
        "lib/names.py": "from absent.part import name\n",
        "lib/relative.py": "from .needs import anything\n",
        "lib/member.py": "from . import needs\n",
        "lib/beyond.py": "from .. import tried\n",
        "lib/absolute.py": "import lib.extra.inner\n",
        "lib/extra/__init__.py": "from lib.extra.inner import name\n",
        "lib/extra/inner.py": "import absent\n",
        "lib/extra/innocent.py": "",
        "single.py": "from lib.extra import innocent\n",
    }
    task_root = write(tmp_path / "task", **stay, **go)
    base = write(tmp_path / "base", **{"of_the_base.py": ""})
    remove_unimportable(task_root, [str(base)])
    assert tree(task_root) == set(stay)


def test_what_goes_of_the_installed_packages_cannot_be_imported(tmp_path: Path) -> None:
    """With packages of the Lambda, and none of their extras."""
    for name in ("aws_lambda_powertools", "urllib3", "jmespath"):
        folder = Path(str(find_spec(name).origin)).parent  # type: ignore[union-attr]
        shutil.copytree(folder, tmp_path / name, ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(str(find_spec("typing_extensions").origin), tmp_path)  # type: ignore[union-attr]
    before = tree(tmp_path)
    kept = tmp_path.with_name("kept")
    shutil.copytree(tmp_path, kept)
    remove_unimportable(tmp_path, [])
    gone = sorted(before - tree(tmp_path))
    assert "aws_lambda_powertools/utilities/parser/__init__.py" in gone
    assert "aws_lambda_powertools/event_handler/api_gateway.py" not in gone
    tried = """
import importlib, sys
for file in sys.stdin.read().split():
    name = file[:-3].removesuffix("/__init__").replace("/", ".")
    try:
        # A package that has failed leaves the modules behind that it could import.
        name in sys.modules or importlib.import_module(name)
    except ImportError:
        continue
    parts = name.split(".")
    if all(".".join(parts[:count]) in sys.modules for count in range(1, len(parts))):
        print(file)
"""
    command = [sys.executable, "-S", "-W", "ignore", "-c", tried]
    ended = subprocess.run(
        command,
        cwd=kept,
        input="\n".join(gone),
        capture_output=True,
        text=True,
        env={"PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
    )
    assert ended.stdout == ""


def test_what_a_private_umask_made_is_readable_by_all_and_writable_by_none(task_root: Path) -> None:
    (task_root / "private").mkdir(mode=0o700)
    (task_root / "private" / "module.py").write_text("x = 1\n")
    (task_root / "private" / "module.py").chmod(0o600)
    (task_root / "open.py").touch()
    (task_root / "open.py").chmod(0o666)
    seal(task_root, Path(sys.executable))
    modes = {path.name: path.stat().st_mode & 0o777 for path in task_root.rglob("*")}
    assert (modes["private"], modes["module.py"], modes["open.py"]) == (0o755, 0o644, 0o644)
    assert modes["bootstrap"] == 0o755


def test_bytecode_is_taken_whatever_the_time_stamps_say(task_root: Path) -> None:
    module = task_root / "module.py"
    module.write_text("print('compiled')\n")
    seal(task_root, Path(sys.executable))
    module.write_text("print('newer')\n")
    said = subprocess.run(
        [sys.executable, "-c", "import module"], cwd=task_root, capture_output=True, text=True
    ).stdout
    assert said == "compiled\n"


def test_everything_has_the_same_time_whenever_it_was_built(task_root: Path) -> None:
    seal(task_root, Path(sys.executable))
    times = {path.stat().st_mtime_ns for path in [task_root, *task_root.rglob("*")]}
    assert times == {datetime(1980, 1, 1, tzinfo=UTC).timestamp() * 1_000_000_000}


def test_a_syntax_error_stops_the_build(
    task_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (task_root / "broken.py").write_text("def\n")
    with pytest.raises(RuntimeError, match=r"not all of .* could be compiled"):
        seal(task_root, Path(sys.executable))
    assert "broken.py" in capsys.readouterr().out


def test_one_command_does_it_all(source: Path, task_root: Path) -> None:
    assert main([str(task_root), "--source", str(source)]) == 0
    assert (task_root / "shop" / "handler.py").exists()
    assert not (task_root / "openapi_first" / "compiler").exists()
    assert (task_root / "bootstrap").read_text().startswith("#!/")
    assert not [*task_root.rglob("RECORD")]


def test_a_trial_before_traffic_that_cannot_call_aws_stops_the_build(tmp_path: Path) -> None:
    examples, botocore = {"examples.json": "{}"}, {"botocore/__init__.py": ""}
    with pytest.raises(ValueError, match=r"add botocore to requirements/lambda\.in.*PreTraffic"):
        check_hook(write(tmp_path / "without", **examples), [])
    check_hook(write(tmp_path / "no-examples", **{"compiled.py": ""}), [])
    check_hook(tmp_path / "without", [str(write(tmp_path / "base", **botocore))])
    check_hook(write(tmp_path / "with", **examples, **botocore), [])
