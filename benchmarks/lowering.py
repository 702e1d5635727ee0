"""How many schemas each command lowers, how many models it renders, and the CPU time it takes."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from contracts import contract_of

from openapi_first.cli.main import main as contract
from openapi_first.import_document.models import Models
from openapi_first.schemas.lowering import SchemaLowering

_SIZES = (5, 50, 500)
_COMMANDS = ("compile", "gateway", "lint")


def main() -> None:
    counts = Counter[str]()
    _count(SchemaLowering, "_root", counts)
    _count(Models, "_render", counts)
    print(f"{'operations':>10}  {'command':8}{'lowered':>9}{'rendered':>9}{'CPU, s':>8}")
    with tempfile.TemporaryDirectory() as name:
        source, output = Path(name, "openapi.json"), Path(name, "output")
        for size in _SIZES:
            source.write_text(json.dumps(contract_of(size, "3.0.3")))
            for command in _COMMANDS:
                more = [] if command == "lint" else ["-o", str(output)]
                counts.clear()
                started = time.process_time()
                with contextlib.redirect_stdout(io.StringIO()):
                    contract([command, str(source), *more])
                taken = time.process_time() - started
                lowered, rendered = counts["_root"], counts["_render"]
                print(f"{size:10}  {command:8}{lowered:9}{rendered:9}{taken:8.2f}")


def _count(owner: type, name: str, counts: Counter[str]) -> None:
    """Counts the calls of a method."""
    method = getattr(owner, name)

    def counted(*arguments: Any) -> Any:
        counts[name] += 1
        return method(*arguments)

    setattr(owner, name, counted)


if __name__ == "__main__":
    main()
