"""`contract test` at the stage of a stack: `make contract-test-deployed` and `smoke-deployed`."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping

from openapi_first.deployment.account.aws import Account, Refused
from openapi_first.deployment.account.programs import run
from openapi_first.deployment.stack import states
from openapi_first.deployment.stack.description import Stack
from openapi_first.openapi.loader import load
from openapi_first.project.authorizers import other_schemes, takes_api_key
from openapi_first.project.settings import read_project

_CREDENTIAL = "--credential"


def test_stage(account: Account, stack: Stack, *, reads_only: bool) -> int:
    """The exit status of the contract tests, with the options in $ARGS in addition. They keep to
    the usage plan of the key, if the contract takes one. Raises Refused."""
    subject = states.named(account, stack.name)
    if "Url" not in stack.outputs:
        raise Refused(f"{subject} has no output Url: deploy a template that has it.")
    contract = load(read_project().contract)
    chosen = ["--read-only"] if reads_only else []
    if takes_api_key(contract):
        # `contract test` fetches the key by its id, so that the key is on no command line.
        chosen += ["--api-key-id", _key(subject, stack.outputs, reads_only)]
    try:
        more = shlex.split(os.environ.get("ARGS", ""))
    except ValueError as error:
        raise Refused(f"ARGS {os.environ['ARGS']!r}: {error}") from error
    missing = other_schemes(contract)
    if missing and not any(each.partition("=")[0] == _CREDENTIAL for each in more):
        options = " ".join(f"{_CREDENTIAL} {name}=VARIABLE" for name in missing)
        raise Refused(
            f"The contract asks for {', '.join(missing)}: put the credential into an environment "
            f"variable, and name that variable: ARGS='{options}'"
        )
    command = (sys.executable, "-m", "openapi_first", "test", stack.outputs["Url"], *chosen, *more)
    return run(*command, API_KEY="", **account.environment)


def _key(subject: str, outputs: Mapping[str, str], reads_only: bool) -> str:
    """The key for contract tests, which has no quota; what only reads may use that of clients."""
    found = outputs.get("ContractTestKeyId", outputs.get("ApiKeyId") if reads_only else None)
    if found is None and reads_only:
        raise Refused(f"{subject} has no output ApiKeyId: deploy it once with `make deploy`.")
    if found is None:
        raise Refused(
            f"{subject} has no key for contract tests: deploy it with "
            "PARAMETERS='ContractTestKey=on'."
        )
    return found
