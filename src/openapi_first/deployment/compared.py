"""`make diff-deployed`: compares the contract of the deployed commit with the current one."""

from __future__ import annotations

import re
import sys
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path

from openapi_first.deployment.account.aws import Account, Refused
from openapi_first.deployment.account.programs import git, run
from openapi_first.deployment.settings.parameters import REVISION
from openapi_first.deployment.stack import description, states
from openapi_first.project.settings import SETTINGS_FILE, read_project


def compare(account: Account, name: str, first: bool) -> int:
    """0 if no client breaks, 1 if one does. A stack that is not there, or holds nothing, counts as
    compared only if this is the `first` deployment. Raises Refused."""
    stack = description.find(account, name)
    if stack is None or stack.status in states.EMPTY:
        nothing = (
            states.missing(account, name)
            if stack is None
            else f"{states.named(account, name)} {states.STATES[stack.status].happened}"
        )
        if not first:
            raise Refused(
                f"{nothing}: nothing to compare with. Name the right stack, region and account, or "
                "say that this is the first deployment: FIRST=1"
            )
        print(f"{nothing}: the first deployment breaks no client.")
        return 0
    states.check(account, stack, states.DIFF)
    # A template that was edited may lack the output.
    deployed = stack.outputs.get("Revision") or stack.parameters.get(REVISION, "")
    revision = re.match("[0-9a-f]{40}", deployed)
    if revision is None:
        raise Refused(
            f"{states.named(account, name)} does not say which commit it was deployed from (its "
            f"Revision is {deployed or 'missing'}): deploy it once with `make deploy`, in a clone "
            "and with the parameter Revision in the template."
        )
    if deployed != revision[0]:
        print(f"{name} was deployed with uncommitted changes to {revision[0]}.")
    print(f"{states.named(account, name)} has {revision[0]}. Comparing with that commit.")
    with tempfile.TemporaryDirectory() as folder:
        before = _contract_of(revision[0], Path(folder))
        command = [sys.executable, "-m", "openapi_first", "diff", str(before)]
        return run(*command, str(read_project().contract))


def _contract_of(revision: str, folder: Path) -> Path:
    """Extracts a commit into a folder, and returns its contract there. Raises Refused."""
    archive = folder / "revision.tar"
    try:
        top, here = git("rev-parse", "--show-toplevel"), git("rev-parse", "--show-prefix")
    except Refused as refused:
        raise Refused(
            f"This is not a clone of the project, so it has no contract of the deployed commit "
            f"{revision}: run this in one. {refused}"
        ) from refused
    try:
        git("-C", top, "archive", "--output", str(archive), revision)
    except Refused as refused:
        raise Refused(
            f"The deployed commit {revision} is not in this clone: fetch the whole history, e.g. "
            f"with `git fetch --unshallow`. {refused}"
        ) from refused
    with tarfile.open(archive) as tar:
        for member in tar:
            with suppress(tarfile.FilterError):  # a link that leads out of the repository
                tar.extract(member, folder, filter="data")
    # The settings of that commit: the contract may have moved since.
    contract = read_project(folder / here / SETTINGS_FILE).contract
    if not contract.resolve().is_relative_to(folder.resolve()) or not contract.is_file():
        raise Refused(
            f"The deployed commit {revision} has no contract where its settings say: compare the "
            "two files with `contract diff OLD NEW`."
        )
    return contract
