"""Options of a run of the tests, what it leaves out, and what it is judged by at its end.

`make test` runs every test, and the tests that make their own data with a small part of it, the
same part each time. `make test-all` (`pytest --all`) runs those with all of it. They take the
number of examples from Hypothesis's profile, or ask the fixture `everything`.
"""

from __future__ import annotations

import gc
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support import recording

pytest_plugins = ["support.aws_account.fixtures", "support.stages"]

TESTS = Path(__file__).parent
IMAGE_TESTS = TESTS / "image"
WHEEL_TESTS = TESTS / "packaging" / "test_wheel.py"
NAG_TESTS = TESTS / "stack" / "test_nag.py"
CLIENT_TESTS = TESTS / "integration" / "clients"
TOOL_TESTS = {
    TESTS / "stack" / name
    for name in (
        "test_account_deploy.py",
        "test_account_permissions.py",
        "test_buildkit.py",
        "test_new_project.py",
        "alarms/test_translated.py",
        "test_checks.py",
        "test_deployment_stack.py",
        "test_swagger_parser.py",
        "test_translation.py",
        "test_translation_parameters.py",
        "way_back/test_commands.py",
    )
}
# An example may wait for a process, and no run leaves anything behind in the tree.
COMMON = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("part", COMMON, max_examples=25, derandomize=True)
settings.register_profile("all", COMMON, max_examples=400)
COMPLAINTS = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="all of the generated data, not a part")
    parser.addoption("--tools", type=Path, help="the folder of sam and cfn-lint")
    parser.addoption("--checkov", type=Path, help="the folder of checkov")
    parser.addoption("--nag", type=Path, help="the packages of cdk-nag, a node_modules folder")
    parser.addoption("--swagger-parser", type=Path, help="a Python that has swagger-parser")
    parser.addoption("--generators", type=Path, help="a Python that has the generators of clients")
    parser.addoption("--wheelhouse", type=Path, help="a folder with the wheels of all extras")
    parser.addoption("--image", help="an image of the local Docker engine to test")
    parser.addoption("--emulator", type=Path, help="the file aws-lambda-rie, for such an image")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("all" if config.getoption("--all") else "part")
    recording.start(config)
    # A shell ignores SIGINT and SIGQUIT for a command in the background, and nohup SIGHUP. Commands
    # that tests interrupt would inherit that.
    for number, handler in (
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGHUP, signal.SIG_DFL),
        (signal.SIGQUIT, signal.SIG_DFL),
    ):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)
    # As in the commands that run in this process: there is much to search and little to find.
    gc.set_threshold(100_000, 20, 20)


def pytest_unconfigure(config: pytest.Config) -> None:
    recording.stop(config)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    needs_image = collection_path == IMAGE_TESTS and not config.getoption("--image")
    needs_tools = collection_path in TOOL_TESTS and not config.getoption("--tools")
    needs_nag = collection_path == NAG_TESTS and not config.getoption("--nag")
    needs_wheels = collection_path == WHEEL_TESTS and not config.getoption("--wheelhouse")
    needs_generators = collection_path == CLIENT_TESTS and not config.getoption("--generators")
    needs = (needs_image, needs_tools, needs_nag, needs_wheels, needs_generators)
    return True if any(needs) else None


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """The calls to AWS that all processes of the run have made are the policy's, or it fails."""
    config = session.config
    if recording.is_worker(config) or exitstatus or config.getoption("collectonly"):
        return
    calls, whole = recording.calls(config.stash[recording.RECORDER]), is_whole(config)
    if calls or whole:
        from stack.policy import complaints

        config.stash[COMPLAINTS] = complaints(calls, whole=whole)
        if config.stash[COMPLAINTS]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def is_whole(config: pytest.Config) -> bool:
    """Whether this run is of all tests."""
    names = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf")
    chosen = any(config.getoption(name, False) for name in names)
    return not chosen and [Path(argument).resolve() for argument in config.args] == [TESTS]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for complaint in config.stash.get(COMPLAINTS, []):
        terminalreporter.write_line(f"FAILED the function's policy: {complaint}", red=True)
    if not config.getoption("--image"):
        terminalreporter.write_line(
            "Left out: the tests of the image, for which `make test-image` needs a Docker engine."
        )
    if not config.getoption("--tools"):
        terminalreporter.write_line(
            "Left out: the tests of the stack by SAM, checkov and other judges: `make test-stack`."
        )
    elif not config.getoption("--nag"):
        terminalreporter.write_line("Left out: the test of the stack by cdk-nag: `make nag`.")
    if not config.getoption("--wheelhouse"):
        terminalreporter.write_line(
            "Left out: the tests of the wheel in empty environments: `make test-wheel`."
        )
    if not config.getoption("--generators"):
        terminalreporter.write_line(
            "Left out: the tests of generated clients, which need Node.js: `make test-clients`."
        )
    if not config.getoption("--all"):
        terminalreporter.write_line(
            "Run in part: the tests that make their own data, and the commands in the "
            "documentation; `make test-all` runs all of them."
        )


@pytest.fixture(scope="session")
def everything(request: pytest.FixtureRequest) -> bool:
    """Whether to make all the data that a test can make, or a small part of it."""
    return bool(request.config.getoption("--all"))


@pytest.fixture(scope="session")
def function(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The options of `contract serve` that say what to invoke."""
    image = request.config.getoption("--image")
    if image is None:
        return ("--handler", "items.handler.handler")
    emulator = request.config.getoption("--emulator")
    return ("--image", image, *(("--emulator", str(emulator)) if emulator else ()))
