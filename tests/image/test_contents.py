"""What is in the image: only what runs, readable by everyone, writable by nobody."""

from __future__ import annotations

import re
import stat
import tarfile
from collections.abc import Iterator

import pytest

from image.conftest import ROOT, Image, files_of

MB = 1_000_000
LIMIT_MB = 28
TOOLS = re.compile(r"bin/(pip[\d.]*|gcc|g\+\+|cc|clang|make|ld)$|-packages/pip/.|/pip-[^/]*\.whl$")
SECRET = re.compile(
    r"(^|/)(\.git|\.env|\.netrc|\.npmrc|\.pypirc|id_[a-z0-9]+|credentials|pip\.conf)$|(?<!/cacert)\.(pem|key)$"
)
SECRET_TEXT = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|local-development-key|://[^/\s:@]+:[^/\s@]+@"
)


@pytest.fixture(scope="module")
def content(image: Image) -> Iterator[tarfile.TarFile]:
    with files_of(image.engine, image.name) as tar:
        yield tar


def ours(content: tarfile.TarFile) -> list[tarfile.TarInfo]:
    members = [member for member in content if member.name.startswith("var/task/")]
    assert len(members) > 500
    return members


def is_tool(member: tarfile.TarInfo) -> bool:
    """Of an installer of the base, an empty folder stays."""
    return not member.isdir() and TOOLS.search(member.name) is not None


def test_our_layers_are_small(image: Image) -> None:
    """The newest, back to the one without the base's installers."""
    history = image.engine.images.get(image.name).history()
    oldest = next(
        number for number, entry in enumerate(history) if "ensurepip" in entry["CreatedBy"]
    )
    assert sum(entry["Size"] for entry in history[: oldest + 1]) <= LIMIT_MB * MB


def test_everyone_can_read_it_and_only_root_write(content: tarfile.TarFile) -> None:
    for member in ours(content):
        mode = member.mode
        assert (member.uid, member.gid) == (0, 0), member.name
        assert mode & stat.S_IROTH, f"{member.name} is unreadable to Lambda's user"
        assert not member.isdir() or mode & stat.S_IXOTH, member.name


def test_no_file_is_writable_by_others(content: tarfile.TarFile) -> None:
    open_to_all = [
        member.name
        for member in content
        if member.mode & stat.S_IWOTH
        and not member.issym()
        and not (member.isdir() and member.mode & stat.S_ISVTX)  # /tmp and its like
        and not (member.ischr() or member.isblk())
    ]
    assert not open_to_all


def test_no_file_runs_as_somebody_else(content: tarfile.TarFile) -> None:
    assert not [
        member.name for member in ours(content) if member.mode & (stat.S_ISUID | stat.S_ISGID)
    ]


def test_there_is_no_installer_and_no_compiler(content: tarfile.TarFile) -> None:
    assert not [member.name for member in content if is_tool(member)]


def test_there_is_nothing_of_the_build_or_the_tests(content: tarfile.TarFile) -> None:
    names = [member.name.removeprefix("var/task/") for member in ours(content)]
    # Of Powertools and others, nothing but code.
    assert not [
        name for name in names if re.search(r"(^|/)(tests?|conftest\.py|test_[^/]*\.py)(/|$)", name)
    ]
    assert not [name for name in names if name.endswith((".pyi", ".c", ".yaml", ".partial"))]
    top = {name.partition("/")[0] for name in names}
    assert not top & {"wheels", "bin", "yaml", "jsonschema", "moto", "setuptools", "openapi.yaml"}
    assert top >= {"items", "compiled.py", "examples.json", "bootstrap"}


def test_of_the_engine_it_has_core_and_runtime(content: tarfile.TarFile) -> None:
    engine = "var/task/openapi_first/"
    held = {
        member.name.removeprefix(engine)
        for member in ours(content)
        if member.isfile() and member.name.startswith(engine)
    }
    source = ROOT / "src" / "openapi_first"
    runs = [source / "__init__.py", *source.glob("core/**/*.py"), *source.glob("runtime/**/*.py")]
    assert {name for name in held if not name.endswith(".pyc")} == {
        path.relative_to(source).as_posix() for path in runs
    }


def test_botocore_knows_what_the_service_calls_and_what_the_trial_of_a_version_calls(
    content: tarfile.TarFile,
) -> None:
    data = "var/task/botocore/data/"
    services = {
        member.name.removeprefix(data).partition("/")[0]
        for member in ours(content)
        if member.name.startswith(data) and member.isdir()
    }
    assert services == {"codedeploy", "dynamodb", "lambda"}


def test_there_is_no_secret(content: tarfile.TarFile) -> None:
    assert not [member.name for member in ours(content) if SECRET.search(member.name)]
    for member in ours(content):
        file = content.extractfile(member) if member.isfile() else None
        if file is not None and member.name.startswith(
            ("var/task/items/", "var/task/openapi_first/", "var/task/compiled.py")
        ):
            assert not SECRET_TEXT.search(file.read()), member.name


def test_every_module_has_its_bytecode(content: tarfile.TarFile) -> None:
    names = {member.name for member in ours(content)}
    for name in names:
        if name.endswith(".py"):
            folder, _, module = name.rpartition("/")
            cached = f"{folder}/__pycache__/{module[:-3]}.cpython-313.pyc"
            assert cached in names, f"{name} would be compiled at each cold start"


def test_bytecode_never_asks_its_source(content: tarfile.TarFile) -> None:
    for member in ours(content):
        if member.name.endswith(".pyc"):
            file = content.extractfile(member)
            assert file is not None
            # PEP 552: hash-based, not checked against the source.
            assert file.read(8)[4:] == b"\x01\0\0\0", member.name


def test_its_labels_say_what_it_was_built_of(image: Image) -> None:
    labels = image.engine.images.get(image.name).labels
    assert re.fullmatch(r"[0-9a-f]{64}", labels["contract.sha256"])
    assert re.fullmatch(r"[0-9a-f]{40}", labels["org.opencontainers.image.revision"])
    assert labels["com.amazonaws.lambda.feature.snapstart"] == "Allow"
    # Of a clone over HTTPS; otherwise there is none, rather than an empty one.
    assert labels.get("org.opencontainers.image.source", "https://…").startswith("https://")


def test_it_is_a_plain_image_that_names_user_entry_and_handler(image: Image) -> None:
    configuration = image.engine.images.get(image.name).attrs["Config"]
    assert configuration["User"] not in ("", "0", "root", "0:0")
    assert configuration["Entrypoint"] == ["/var/task/bootstrap"]
    assert configuration["Cmd"] == ["items.handler.handler"]
    assert not [entry for entry in configuration["Env"] if "KEY" in entry or "SECRET" in entry]
