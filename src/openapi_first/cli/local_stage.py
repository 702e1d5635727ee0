"""The stage that `contract test` starts when no URL is given, and the credentials for it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from openapi_first.conformance.model.given_credentials import Credential, WrongCredential
from openapi_first.conformance.model.run import Options
from openapi_first.core.temporary_folder import temporary_folder
from openapi_first.openapi.model import Contract
from openapi_first.project.settings import ProjectSettings
from openapi_first.python_types.operations_module import read_source
from openapi_first.python_types.unfinished import unfinished_operations
from openapi_first.serving.access.local_tokens import WITHOUT_SCOPE, LocalToken
from openapi_first.serving.separate_stage import separate_stage

LOG = Path("build", "contract-test.log")
"""What the stage prints; in a temporary folder if nothing can be written here."""


@dataclass(frozen=True, slots=True)
class LocalStage:
    """A stage on this machine, with credentials that it accepts and others that it must refuse."""

    url: str
    api_key: str | None
    credentials: tuple[Credential, ...]
    wrong_credentials: tuple[WrongCredential, ...]
    log: Path

    def adapted(self, options: Options) -> Options:
        """The options of a run against it."""
        return replace(
            options,
            url=self.url,
            api_key=self.api_key,
            # Those of the command line come last, and win.
            credentials=(*self.credentials, *options.credentials),
            wrong_credentials=(*options.wrong_credentials, *self.wrong_credentials),
            ends_with_run=True,
        )


@contextlib.contextmanager
def local_stage(arguments: Sequence[str]) -> Iterator[Callable[[], LocalStage]]:
    """Runs `contract serve` with these arguments until the block ends. The result waits until the
    stage listens, and raises CannotServe if it does not start."""
    with _writable(LOG) as log, separate_stage(arguments, log) as starting:

        def listening() -> LocalStage:
            announced = starting.announcement()
            return LocalStage(
                announced.base_url,
                announced.api_key,
                tuple(map(_credential, announced.tokens)),
                tuple(each for token in announced.tokens for each in _wrong_credentials(token)),
                log,
            )

        yield listening


def without_function(project: ProjectSettings, contract: Contract) -> tuple[str, ...]:
    """The operationIds of operations that have no function yet in the project's module of
    operations, if it has one. Raises NotPython."""
    path = project.operations
    if path is None or not path.is_file():
        return ()
    return unfinished_operations(read_source(path), path, contract)


@contextlib.contextmanager
def _writable(log: Path) -> Iterator[Path]:
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.touch()
    except OSError:
        with temporary_folder() as folder:
            yield folder / log.name
    else:
        yield log


def _credential(token: LocalToken) -> Credential:
    return Credential(
        token.authorizer,
        _variable(token),
        token.value,
        for_scopes=token.for_scopes,
        also=token.also,
    )


def _wrong_credentials(token: LocalToken) -> Iterator[WrongCredential]:
    for number, (reason, value) in enumerate(token.refused.items(), start=1):
        name = f"WRONG_{_variable(token)}_{number}"
        yield WrongCredential(
            token.authorizer,
            name,
            value,
            reason,
            lacks_scopes=reason == WITHOUT_SCOPE,
            for_scopes=token.for_scopes,
        )


def _variable(token: LocalToken) -> str:
    """The name under which reports show the token."""
    kind = {None: "", True: "_ACCESS", False: "_ID"}[token.for_scopes]
    return re.sub("[^A-Z0-9]", "_", token.authorizer.upper()) + f"{kind}_TOKEN"
