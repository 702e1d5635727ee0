"""Functions as a reader of templates declares them, and the options to run them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from openapi_first.serving.functions.declared import DeclaredFunctions
from openapi_first.serving.functions.running import RunOptions
from openapi_first.templates.model import DeclaredFunction


@dataclass
class Project:
    """A folder with functions. `said` is what was reported of them."""

    root: Path
    said: list[str] = field(default_factory=list)

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def function(self, name: str, **given: Any) -> DeclaredFunction:
        """A function whose code is in the folder of its name."""
        if not given.keys() & {"source", "image", "reason"}:
            given.setdefault("code", self.root / name)
        return DeclaredFunction(
            **{
                "logical_id": name,
                "name": f"stack-{name}",
                "handler": "app.handler",
                "runtime": "python3.13",
                "pointer": f"template.yaml#/Resources/{name}",
                **given,
            }
        )

    def options(self, **given: Any) -> RunOptions:
        return RunOptions(folder=self.root / "unpacked", report=self.said.append, **given)

    def run(
        self,
        functions: Iterable[DeclaredFunction],
        use: Callable[[DeclaredFunctions], Awaitable[Any]],
        **options: Any,
    ) -> Any:
        async def main() -> Any:
            async with await DeclaredFunctions.of(functions, self.options(**options)) as declared:
                return await use(declared)

        return asyncio.run(main())


async def call(declared: DeclaredFunctions, name: str, event: Any = None) -> Any:
    """The result of a function, or its error."""
    payload = json.dumps(event).encode()
    return json.loads((await declared.invokers[f"stack-{name}"].invoke(payload)).payload)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)
