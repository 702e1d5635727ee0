"""Imports the document again and deploys it, so that nothing stays that was edited by hand.

CloudFormation compares templates, not APIs: the same document is not a change for it, and it does
not call PutRestApi (AWS: using-cfn-updating-stacks). So this calls it, and creates a deployment
that the stage serves. The stage then differs from the template in the id of its deployment only;
the next document sets it again.
"""

from __future__ import annotations

import json
from pathlib import Path

from openapi_first.deployment.account.aws import Refused
from openapi_first.deployment.gateway.served import Served
from openapi_first.deployment.gateway.snapshots import Snapshot, prune, snapshots


def reimport(
    served: Served, document: Path, revision: str, contract: str, *, fail_on_warnings: bool = True
) -> str:
    """Returns the id of the deployment that the stage serves now. Raises Refused, with the API
    unchanged, if API Gateway does not take the document, or has a warning that counts."""
    known = snapshots(served)
    named = json.loads(document.read_bytes())
    # The title becomes the API's name, by which CloudWatch keeps its metrics.
    named["info"]["title"] = served.stack
    try:
        imported = served.call(
            "put_rest_api",
            mode="overwrite",
            failOnWarnings=fail_on_warnings,
            body=json.dumps(named, ensure_ascii=False).encode(),
        )
    except Refused as refused:
        if refused.code != "BadRequestException":
            raise
        raise Refused(
            f"API Gateway does not import {document}, and has changed nothing: {refused}",
            refused.code,
        ) from refused
    if imported.get("name") != served.stack:
        rename = {"op": "replace", "path": "/name", "value": served.stack}
        served.call("update_rest_api", patchOperations=[rename])
    kept = Snapshot(contract, revision, served.version())
    try:
        made = served.call(
            "create_deployment", stageName=served.stage, description=kept.description
        )
    except Refused as refused:
        raise Refused(
            f"{document} is imported, and the {served} does not serve it yet: {refused} "
            f"Then repeat `make deploy STACK={served.stack} REIMPORT=1`.",
            refused.code,
        ) from refused
    prune(served, known)
    return str(made["id"])
