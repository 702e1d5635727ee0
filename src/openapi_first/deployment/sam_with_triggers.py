"""Runs SAM so that its change set has rollback triggers: `sam deploy` has no option for them.

SAM's own Python runs this file. It uses botocore's public hooks: an initializer of every session
(botocore.register_initializer), and the event before the parameters of a call are checked (boto3
guide, "Extensibility guide"). Change sets of other stacks, e.g. of SAM's bucket, stay as they are.
"""

from __future__ import annotations

import json
import os
from typing import Any

import botocore
from samcli.cli.main import cli


def _add(params: dict[str, Any], **_: Any) -> None:
    wanted = json.loads(os.environ["ROLLBACK_CONFIGURATION"])
    if params.get("StackName") == wanted["stack"]:
        params["RollbackConfiguration"] = wanted["configuration"]


def _register(session: Any) -> None:
    session.register("provide-client-params.cloudformation.CreateChangeSet", _add)


if __name__ == "__main__":
    botocore.register_initializer(_register)
    cli(prog_name="sam")
