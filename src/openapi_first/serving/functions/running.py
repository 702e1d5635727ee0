"""How a function of a template runs: in processes here, in containers, or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from openapi_first.aws.runtimes import EXEC_WRAPPER, PYTHON, RESERVED_VARIABLES, base_images
from openapi_first.serving.functions.archives import UnusableCode
from openapi_first.serving.functions.environment_file import EnvironmentFile
from openapi_first.serving.functions.images import RunnableImage, runnable_image
from openapi_first.serving.functions.packages import FunctionPackage
from openapi_first.stage.functions.configuration import FunctionConfiguration
from openapi_first.stage.messages.invoker import InitError
from openapi_first.templates.model import DeclaredFunction

_PYTHONPATH = "PYTHONPATH"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What all functions of a template share.

    `folder` is where packages are unpacked. The template's variables replace the `defaults`, those
    of the `environment_file` and then the `overrides` replace the template's. `concurrency` is the
    most environments of each function. `report` is called with what happens to functions,
    `on_output` with the logical id of a function and each line that it prints. `emulator` is the
    file aws-lambda-rie, for images without it.
    """

    folder: Path
    defaults: Mapping[str, str] = field(default_factory=dict)
    environment_file: EnvironmentFile = field(default_factory=EnvironmentFile)
    overrides: Mapping[str, str] = field(default_factory=dict)
    concurrency: int = 4
    report: Callable[[str], None] = print
    on_output: Callable[[str, str], None] | None = None
    emulator: Path | None = None
    region: str = "us-east-1"
    account_id: str = "123456789012"


@dataclass(frozen=True, slots=True)
class _Output:
    """Equal for the same function, so that its configuration is, too."""

    function: str
    print_line: Callable[[str, str], None]

    def __call__(self, line: str) -> None:
        self.print_line(self.function, line)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to run one function. With a `reason` it cannot run; with an `image` it runs in a
    container."""

    configuration: FunctionConfiguration
    package: FunctionPackage | None = None
    image: RunnableImage | None = None
    reason: str = ""


def plan(function: DeclaredFunction, options: RunOptions) -> Plan:
    """How to run a function; asks the Docker engine if it has to run in a container."""
    configuration = configuration_of(function, options)
    package = FunctionPackage(function, options.folder / function.logical_id)
    try:
        if function.image is not None:
            return Plan(configuration, None, _image(function, options))
        package.check()
        _check_handler(function)
        if PYTHON.fullmatch(function.runtime):
            return Plan(configuration, package)
        return Plan(configuration, package, _base_image(function, options))
    except (UnusableCode, InitError) as error:
        return Plan(configuration, reason=str(error))


def notes(function: DeclaredFunction, options: RunOptions) -> Iterator[str]:
    """What is different on Lambda for a function that runs here."""
    reserved = sorted(RESERVED_VARIABLES & function.environment.keys())
    if reserved:
        named = ", ".join(reserved)
        yield f"Lambda refuses the reserved variable {named}, which is left out here: remove it"
    if function.image is None and PYTHON.fullmatch(function.runtime):
        yield from FunctionPackage(function, options.folder).notes()
        if function.layers and _PYTHONPATH in function.environment:
            yield (
                "its variable PYTHONPATH replaces the folders of its layers, as on Lambda: add "
                "/opt/python to it if modules of the layers are missing"
            )
        if EXEC_WRAPPER in function.environment:
            yield f"the script that its variable {EXEC_WRAPPER} names is not run"


def version_note(functions: Iterable[DeclaredFunction]) -> str:
    """One sentence on all functions for another version of Python than this one."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    others: dict[str, list[str]] = {}
    for each in functions:
        found = PYTHON.fullmatch(each.runtime) if each.image is None else None
        if found is not None and ".".join(found.groups()) != here:
            others.setdefault(each.runtime, []).append(each.logical_id)
    if not others:
        return ""
    named = "; ".join(f"{runtime}: {_some(ids)}" for runtime, ids in sorted(others.items()))
    return f"Python {here} runs the functions of other versions ({named})"


def _some(names: list[str]) -> str:
    shown, more = names[:3], len(names) - 3
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def configuration_of(function: DeclaredFunction, options: RunOptions) -> FunctionConfiguration:
    """That of a function whose code is not placed yet. Reserved variables of the template are left
    out: one such as LAMBDA_TASK_ROOT would hide the code."""
    name = function.logical_id
    declared = {
        key: value for key, value in function.environment.items() if key not in RESERVED_VARIABLES
    }
    environment = {
        **options.defaults,
        **declared,
        **options.environment_file.of(function),
        **options.overrides,
    }
    return FunctionConfiguration(
        handler=function.handler,
        task_root=options.folder,
        runtime=function.runtime,
        environment=environment,
        name=function.name,
        memory_mb=function.memory_mb,
        timeout=function.timeout,
        region=options.region,
        account_id=options.account_id,
        on_output=None if options.on_output is None else _Output(name, options.on_output),
    )


def _check_handler(function: DeclaredFunction) -> None:
    if not function.handler:
        raise UnusableCode("it has no handler: add Handler, as in `app.handler`")
    if PYTHON.fullmatch(function.runtime) and not all(function.handler.rpartition(".")):
        raise UnusableCode(
            f"the handler {function.handler!r} has to be `module.function`, as in "
            "`app.handler`: correct Handler"
        )


def _image(function: DeclaredFunction, options: RunOptions) -> RunnableImage:
    """The image that the template names, or that `sam build` has made. Raises InitError."""
    assert function.image is not None
    built = f"{function.logical_id.lower()}:latest"
    names = tuple(dict.fromkeys((function.image, built)))
    return runnable_image(
        names,
        function.command,
        options.emulator,
        remedy="build it (`sam build`), or pull it (`docker pull`)",
    )


def _base_image(function: DeclaredFunction, options: RunOptions) -> RunnableImage:
    """The image of AWS with a runtime that is not Python. Raises InitError and UnusableCode."""
    runtime = function.runtime
    if not runtime:
        raise UnusableCode("it has no runtime: add Runtime, as in `python3.13`")
    names = base_images(runtime)
    if not names:
        raise UnusableCode(f"{runtime!r} is not a runtime of Lambda: correct Runtime")
    try:
        return runnable_image(
            names, (function.handler,), options.emulator, remedy=f"docker pull {names[0]}"
        )
    except InitError as error:
        raise InitError(f"{runtime} runs in a container only, and {error}") from None
