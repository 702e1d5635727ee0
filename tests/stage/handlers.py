"""Functions for the workers of these tests. Loaded by dotted name, never imported by a test."""

import json
import logging
import os
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

loaded_at = time.time()
count = 0


def echo(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}


def about(event, context):
    """What the environment looks like from inside."""
    global count
    count += 1
    return {
        "pid": os.getpid(),
        "count": count,
        "environ": dict(os.environ),
        "path": sys.path,
        "session": os.getsid(0),
        "context": {
            "aws_request_id": context.aws_request_id,
            "function_name": context.function_name,
            "function_version": context.function_version,
            "memory_limit_in_mb": context.memory_limit_in_mb,
            "invoked_function_arn": context.invoked_function_arn,
            "log_group_name": context.log_group_name,
            "log_stream_name": context.log_stream_name,
            "remaining": context.get_remaining_time_in_millis(),
        },
    }


def act(event, context):
    """Misbehave as the event asks."""
    print("printed to the terminal")
    logging.getLogger("handler").warning("logged by the function")
    if "raise" in event:
        raise ValueError(event["raise"])
    if "exit" in event:
        os._exit(event["exit"])
    if "sys_exit" in event:
        sys.exit(event["sys_exit"])
    if "sleep" in event:
        if "mark" in event:
            Path(event["mark"]).write_text(str(os.getpid()))
        time.sleep(event["sleep"])
    if "child" in event:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        Path(event["child"]).write_text(str(child.pid))
        time.sleep(60)
    if "unserialisable" in event:
        return object()
    if "nothing" in event:
        return None
    if "surrogate" in event:
        return {"text": "\ud800"}
    return {"pid": os.getpid(), "decimal": Decimal("1.5"), "whole": Decimal("2"), "event": event}


def write(event, context):
    """Takes until the file `go` exists beside those that it writes."""
    name = Path(event["body"])
    Path(f"{name}.started").touch()
    while not (name.parent / "go").exists():
        time.sleep(0.01)
    Path(f"{name}.ended").touch()
    return {"statusCode": 200}


def stall(event, context):
    time.sleep(60)


not_callable = 3


def authorize(event, context):
    """The token authorizer of the developer guide's example."""
    token = event["authorizationToken"]
    if token == "unauthorized":
        raise Exception("Unauthorized")
    if token not in ("allow", "deny"):
        return "unauthorized"
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": token.capitalize(),
        "Resource": event["methodArn"],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "user", "policyDocument": policy}
