"""The function behind every stage that is compared: it shows its event, or replies as asked."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

_JSON = {"content-type": "application/json"}
_REPLIES: dict[str, Any] = {
    "empty": {},
    "status": {"statusCode": 200},
    "headers": {"headers": {"x-own": "1"}},
    "numeric": {"statusCode": "201"},
    "word": {"statusCode": "test"},
    "null-headers": {"statusCode": 200, "headers": None},
    "unknown": {"statusCode": 200, "wrong": "x"},
    "text": "just a string",
    "no-lists": {"statusCode": 200, "multiValueHeaders": {"a": "x"}},
    "object": {"statusCode": 200, "body": {"a": 1}},
    "merged": {
        "statusCode": 200,
        "multiValueHeaders": {"tesT-Multi": ["a"]},
        "headers": {"test-multi": "b"},
    },
    "lines": {"statusCode": 200, "multiValueHeaders": {"x-lines": ["1", "2"]}},
    "base64": {
        "statusCode": 200,
        "isBase64Encoded": True,
        "headers": {"content-type": "text/plain"},
        "body": base64.b64encode(b"bytes").decode(),
    },
    "plain": {"statusCode": 200, "body": "x"},
    "challenge": {"statusCode": 401, "headers": {"WWW-Authenticate": "Basic"}, "body": "no"},
    "date": {"statusCode": 200, "headers": {"Date": "yesterday", "Server": "mine"}},
    "dropped": {"statusCode": 200, "headers": {"Via": "1.1 me", "Host": "me", "X-Kept": "1"}},
}


def handler(event: Any, context: Any) -> Any:
    """A reply by the name in the path, or the event."""
    name = (event.get("pathParameters") or {}).get("name")
    if name == "raise":
        raise ValueError("as asked")
    if name == "slow":
        time.sleep(3)
    if name in _REPLIES:
        return _REPLIES[name]
    return {"statusCode": 200, "headers": _JSON, "body": json.dumps(event)}
