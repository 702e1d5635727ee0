"""The engine: one OpenAPI document, compiled into everything that must obey it.

Two halves that meet only in `contract.plan`. The compiler's half (document, schemas, compiler,
gateway, cli) may import what it likes. The Lambda's half (runtime, problems, parameters, bodies,
validation, plan) imports the standard library, Powertools and jsonschema_rs alone: a cold start
pays for each module.
"""
