"""One process with the sample service: what a page costs it, as JSON.

`calls` and `received` (bytes) are those of DynamoDB for a page in the middle of the table,
`page_us` is CPU time.
"""

from __future__ import annotations

import json
import os
from statistics import median
from time import process_time
from typing import Any

from benchmarks.events import LIMIT, Context, WrongAnswer, event
from items import connection

_ROUNDS, _COUNT = 5, 20
_PAGES_BEFORE = 1


def main() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    received: list[int] = []
    connect = connection.client

    def counted(kind: str) -> Any:
        client = connect(kind)
        # Before the service, which replaces the body of a page that it has read.
        client.meta.events.register_first(
            "before-parse.dynamodb",
            lambda response_dict, **_: received.append(len(response_dict["body"])),
        )
        return client

    connection.client = counted  # type: ignore[assignment]
    from items.handler import handler

    context, query = Context(), {"limit": str(LIMIT)}
    # The second page, which both tables have.
    for _ in range(_PAGES_BEFORE):
        page = json.loads(handler(event("GET", "/items", query=query), context)["body"])
        query["cursor"] = page["next_cursor"]
    request = event("GET", "/items", query=query)
    received.clear()
    answer = handler(request, context)
    found = {"calls": len(received), "received": sum(received)}
    if found["received"] < len(answer["body"]):
        raise WrongAnswer(f"{found} cannot hold the page")
    if answer["statusCode"] != 200 or len(json.loads(answer["body"])["items"]) < LIMIT - 1:
        raise WrongAnswer(f"{answer!r:.2000}")

    def round_of() -> float:
        started = process_time()
        for _ in range(_COUNT):
            handler(request, context)
        return (process_time() - started) / _COUNT * 1e6

    round_of()
    page_us = median(round_of() for _ in range(_ROUNDS))
    print(json.dumps({**found, "page_us": page_us}))


if __name__ == "__main__":
    main()
