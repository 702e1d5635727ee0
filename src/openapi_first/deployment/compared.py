"""`make diff-deployed`: compares the contract of the deployed commit with the current one."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from openapi_first.deployment.account.aws import Account, Refused
from openapi_first.deployment.account.programs import run
from openapi_first.deployment.stack import description, states
from openapi_first.project.settings import read_project


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
    deployed = stack.outputs.get("Revision", "")
    revision = re.match("[0-9a-f]{40}", deployed)
    if revision is None:
        raise Refused(
            f"{states.named(account, name)} does not say which commit it was deployed from (its "
            f"output Revision is {deployed or 'missing'}): deploy it once with `make deploy`."
        )
    if deployed != revision[0]:
        print(f"{name} was deployed with uncommitted changes to {revision[0]}.")
    print(f"{states.named(account, name)} has {revision[0]}. Comparing with that commit.")
    with tempfile.TemporaryDirectory() as folder:
        _extract(revision[0], Path(folder))
        contract = read_project().contract
        command = [sys.executable, "-m", "openapi_first", "diff", f"{folder}/{contract}"]
        return run(*command, str(contract))


def _extract(revision: str, folder: Path) -> None:
    archive = folder / "revision.tar"
    done = subprocess.run(
        ["git", "archive", "--output", str(archive), revision],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise Refused(
            f"The deployed commit {revision} is not in this clone: fetch the whole history, e.g. "
            f"with `git fetch --unshallow`. git reported: {' '.join(done.stderr.split())}"
        )
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
