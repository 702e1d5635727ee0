"""Contract tests: sends requests to a live stage and checks every response.

`session.replay` runs them, `model.run.Run` is the result.
"""
