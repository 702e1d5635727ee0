"""One process with the handler of a generated contract: its start and its requests, as JSON.

The same function serves every operation; the request is a POST to the last resource. All times are
CPU time.
"""

from __future__ import annotations

import json
import os
from statistics import median
from time import process_time
from types import ModuleType
from typing import Any

from benchmarks.events import WrongAnswer, event

BODY = {
    "name": "Serverless Guide",
    "note": None,
    "state": "open",
    "amount": {"value": 12.5, "currency": "EUR"},
    "lines": [{"sku": "AB-1234", "count": 2}, {"sku": "CD-5678", "count": 1}],
    "address": {"street": "High Street"},
}
STORED = {
    **BODY,
    "id": "5f0c6a0e-6d6f-4d9c-9d54-3f1f4ce9c1a7",
    "created_at": "2026-11-24T09:30:00Z",
}
_ROUNDS, _COUNT = 5, 200


def main() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    from openapi_first.runtime import Reply, lambda_handler

    def operation(**arguments: Any) -> Reply[Any]:
        return Reply(STORED, 201)

    # What a contract of any size needs is imported before; the rest depends on the size.
    started = process_time()
    import compiled

    operations = ModuleType("operations")
    for name in compiled.SIGNATURES:
        setattr(operations, name, operation)
    handler = lambda_handler(compiled, operations)
    resource = [path for method, path in compiled.ROUTES if method == "POST"][-1]
    request = event("POST", resource, body=json.dumps(BODY))
    answer = handler(request, None)
    start_ms = (process_time() - started) * 1000
    if answer["statusCode"] != 201 or json.loads(answer["body"]) != STORED:
        raise WrongAnswer(f"{answer!r:.2000}")

    def round_of() -> float:
        started = process_time()
        for _ in range(_COUNT):
            handler(request, None)
        return (process_time() - started) / _COUNT * 1e6

    round_of()
    request_us = median(round_of() for _ in range(_ROUNDS))
    print(json.dumps({"start_ms": start_ms, "request_us": request_us}))


if __name__ == "__main__":
    main()
