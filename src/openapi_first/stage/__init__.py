"""One API Gateway REST stage on localhost, built from an import document and nothing else.

The stage only knows the import document, so that it is wrong where AWS would be wrong. `app`
is the stage itself, `functions` has the Lambda execution environments it invokes, `http` the
listening socket, `dynamodb` a local DynamoDB.

Nothing is imported here: a Lambda worker (`stage.functions.worker`) runs this file and must not pay
for an HTTP server it does not use.
"""
