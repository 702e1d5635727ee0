"""One API Gateway REST stage on localhost, built from an OpenAPI import document alone.

The stage believes the import document and nothing else, so that it is wrong where AWS would be
wrong. `stage.app` is the stage itself, `stage.pool` the Lambda execution environments it invokes,
`stage.server` the listening socket, `stage.dynamodb` a table store for a laptop.

Nothing is imported here: a Lambda worker (`python -m stage.worker`) passes through this file and
must not pay for an HTTP server it does not use.
"""

__all__: list[str] = []
