"""Contract tests: replays an OpenAPI document against a live stage.

`session.replay` runs them; `model.run.Run` is the result.
"""
