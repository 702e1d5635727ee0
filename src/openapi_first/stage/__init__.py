"""One API Gateway REST stage on localhost, built from an import document and nothing else.

The stage believes the import document and nothing else, so that it is wrong where AWS would be
wrong. `app` is the stage itself, `functions` the Lambda execution environments it invokes, `http`
the listening socket, `dynamodb` a table store for a laptop.

Nothing is imported here: a Lambda worker (`stage.functions.worker`) passes through this file and
must not pay for an HTTP server it does not use.
"""
