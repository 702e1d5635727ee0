"""Lambda functions: processes here, containers, emulators, AWS."""
