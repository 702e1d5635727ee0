"""Invokers of Lambda functions: processes here, containers, emulators, AWS."""
