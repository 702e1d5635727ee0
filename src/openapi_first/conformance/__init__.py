"""Contract tests: an OpenAPI document replayed against a live stage.

`session.replay` runs them, `model.run.Run` is the result.
"""
