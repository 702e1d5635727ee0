"""The engine: one OpenAPI document, compiled into everything that must obey it.

ARCHITECTURE.md has the packages and who may import whom. Nothing is imported here: a Lambda and a
worker of the stage pass through this file at each start.
"""
