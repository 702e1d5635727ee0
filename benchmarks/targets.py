"""The targets: what each figure has to be. A benchmark reports them, and fails for none."""

from __future__ import annotations

from benchmarks.results import Target

AGAINST_POWERTOOLS = {
    "get": Target("get, against Powertools without validation", 1.6),
    "create": Target("create, against Powertools without validation", 1.8),
    "list": Target("list of 50, against Powertools without validation", 1.6),
}
AGAINST_PYDANTIC = {
    "get": Target("get, against Powertools with pydantic", 0.55),
    "create": Target("create, against Powertools with pydantic", 0.65),
    "list": Target("list of 50, against Powertools with pydantic", 0.45),
}
WITH_LOG = {
    "get": Target("get with log line and metrics, against Powertools with the same", 1.0),
    "create": Target("create with log line and metrics, against Powertools with the same", 1.0),
    "list": Target("list of 50 with log line and metrics, against Powertools with the same", 1.0),
}
WITH_DYNAMODB = {
    "get": Target("get with DynamoDB, against hand-written", 1.0),
    "create": Target("create with DynamoDB, against hand-written", 1.0),
    "list": Target("list of 50 with DynamoDB, against hand-written", 1.0),
}
START = Target("start, against hand-written", 1.1)
MEMORY = Target("memory after 1,000 requests, against hand-written", 1.1)
WITH_DIRECT = {
    "get": Target("get with the direct client, against hand-written", 0.5),
    "create": Target("create with the direct client, against hand-written", 0.5),
    "list": Target("list of 50 with the direct client, against hand-written", 0.4),
}
START_DIRECT = Target("start with the direct client, against hand-written", 0.9)
MEMORY_DIRECT = Target(
    "memory after 1,000 requests with the direct client, against hand-written", 0.9
)

REQUEST_OF_500 = Target("request with 500 operations, against 5", 1.05)
START_OF_500 = Target("start with 500 operations, more than with 5", 20.0, "ms")

CALLS_OF_PAGE = Target("calls of DynamoDB for a page of 100,000 items, against 100", 1.0)
BYTES_OF_PAGE = Target("bytes from DynamoDB for a page of 100,000 items, against 100", 1.0)
CPU_OF_PAGE = Target("the Lambda's CPU for a page of 100,000 items, against 100", 1.05)

STAGE_LAMBDA = Target(
    "stage against Starlette, CPU of requests that the Lambda refuses", 0.75, least=True
)
STAGE_VALIDATOR = Target(
    "stage against Starlette, CPU of requests that the validator refuses", 1.0, least=True
)
READY = Target("`contract serve` until it answers", 0.9, "s")
RELOAD = Target("`contract serve` until a change of the contract is served", 0.5, "s")


def command(name: str, openapi: str) -> Target:
    return Target(f"`contract {name}` of 500 operations, OpenAPI {openapi}", 1.5, "s")


IMAGE_INIT = Target("INIT of the image, against hand-written", 1.1)
IMAGE_SIZE = Target("image above its base", 28.0, "MB")
