"""The handler that CodeDeploy calls before it gives traffic to a new version.

It invokes the version with the contract's examples, and reports to CodeDeploy whether it may go on
(AWS: reference-appspec-file-structure-hooks, "Lambda deployment"). Called without the members of
CodeDeploy's event, it only returns what it has seen.

Environment: VERSION_ARN is the version, STAGE_NAME the stage of the events. The examples are in
`examples.json` beside the compiled contract.
"""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from openapi_first.runtime.pre_traffic.answers import complaint, response_contract

_LONGEST = 45
"""Seconds for one answer: longer than API Gateway waits, for a version that has to start."""
_ATTEMPTS = 2
_RESERVE = 10
"""Seconds that are left to report."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """`status` is Succeeded or Failed; `failures` names operation, example and reason."""
    failures, invoked = list[str](), 0
    try:
        arn = os.environ["VERSION_ARN"]
        examples = _examples()
        for line in examples["left_out"]:
            _log("INFO", f"not invoked: {line}")
        for failure in _failures(arn, examples["events"], context):
            invoked += 1
            if failure is not None:
                failures.append(failure)
                _log("ERROR", failure)
        if not examples["events"]:
            _log("INFO", "the contract has no example that can be invoked: nothing was tried")
        elif invoked < len(examples["events"]):
            failures.append(
                f"only {invoked} of {len(examples['events'])} examples fit into the time"
            )
            _log("ERROR", failures[-1])
    except Exception as error:
        # Without a report, CodeDeploy would wait for an hour.
        failures.append(f"{type(error).__name__}: {error}")
        _log("ERROR", failures[-1])
    status = "Failed" if failures else "Succeeded"
    _log("INFO", f"{status}: {invoked} examples invoked, {len(failures)} failures")
    if "LifecycleEventHookExecutionId" in event:
        _client("codedeploy").put_lifecycle_event_hook_execution_status(
            deploymentId=event["DeploymentId"],
            lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
            status=status,
        )
    return {"status": status, "invoked": invoked, "failures": failures}


def _failures(arn: str, examples: list[dict[str, Any]], context: Any) -> Iterator[str | None]:
    """The failure of each example, None if it has none, until the time is up."""
    from botocore.exceptions import BotoCoreError, ClientError

    client, compiled = _client("lambda"), import_module("compiled")
    for example in examples:
        if context.get_remaining_time_in_millis() < (_LONGEST * _ATTEMPTS + _RESERVE) * 1000:
            return
        request_id = str(uuid.uuid4())
        try:
            reason = _invoked(client, compiled, arn, example, request_id)
        except (BotoCoreError, ClientError) as error:
            reason = " ".join(str(error).split())
        named = f" (example {example['example']})" if example["example"] else ""
        yield reason and f"{example['operation']}{named}, request {request_id}: {reason}"


def _invoked(
    client: Any, compiled: ModuleType, arn: str, example: dict[str, Any], request_id: str
) -> str | None:
    event = _sent(example["event"], request_id)
    response = client.invoke(FunctionName=arn, Payload=json.dumps(event).encode())
    declared = response_contract(compiled, example["method"], example["path"])
    return complaint(response["Payload"].read(), response.get("FunctionError"), declared)


def _sent(event: dict[str, Any], request_id: str) -> dict[str, Any]:
    """The event with what only a stage knows."""
    stage, now = os.environ.get("STAGE_NAME", "prod"), time.time()
    context = {
        **event["requestContext"],
        "stage": stage,
        "path": f"/{stage}{event['requestContext']['path']}",
        "requestId": request_id,
        "extendedRequestId": request_id,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": int(now * 1000),
    }
    return {**event, "requestContext": context}


def _client(service: str) -> Any:
    """botocore comes with boto3, which the engine itself does not need."""
    import botocore.session
    from botocore.config import Config

    retries: Any = {"mode": "standard", "total_max_attempts": _ATTEMPTS}
    config = Config(connect_timeout=5, read_timeout=_LONGEST, retries=retries)
    return botocore.session.get_session().create_client(service, config=config)


def _examples() -> dict[str, Any]:
    """Raises OSError, with the remedy."""
    file = Path(os.environ.get("LAMBDA_TASK_ROOT", "."), "examples.json")
    try:
        found: dict[str, Any] = json.loads(file.read_bytes())
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"the image has no {file}: add `--examples /task/{file.name}` to `contract compile` in the "
            "Dockerfile, beside compiled.py, or set PreTrafficHook=off"
        ) from error
    return found


def _log(level: str, message: str) -> None:
    sys.stdout.write(json.dumps({"level": level, "message": message}) + "\n")
