"""Contract tests: an OpenAPI document replayed against a live stage.

`replay.session.replay` runs it, `replay.model.Run` is what comes out.
"""
