"""What the size of a contract costs: compile time, module size, start, and each request.

Contracts of 5, 50 and 500 operations, compared with openapi-core and with a Powertools resolver
that has all routes. All are measured in one run, in turns.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml
from contracts import contract_of

_SIZES = (5, 50, 500)
_SOURCE = Path(__file__).parents[1] / "src"
_IMPORT_LIMIT_MS = 60.0
_PRELUDE = "import openapi_first.runtime.handler, time; started = time.perf_counter(); "
_IMPORT = _PRELUDE + "import compiled; print((time.perf_counter() - started) * 1000)"
_FIRST = (
    "import json, sys, time; sys.path.insert(0, {benchmarks!r}); "
    "import openapi_first.runtime.handler; "
    "started = time.perf_counter(); from serving_any import handler, event; "
    "handler(event, None); print((time.perf_counter() - started) * 1000, file=sys.stderr)"
)


def main() -> int:
    """Prints the table. Returns 1 if the largest module adds too much to the start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--openapi", default="3.0.3", choices=("3.0.3", "3.1.0"))
    parser.add_argument("--repeat", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folders = {size: Path(name, str(size)) for size in _SIZES}
        rows = {size: _compiled(folders[size], size, options.openapi) for size in _SIZES}
        for size, taken in _in_turns(folders, _IMPORT, options.repeat).items():
            rows[size]["import of the module, ms"] = taken
        first = _FIRST.format(benchmarks=str(Path(__file__).parent))
        for size, taken in _in_turns(folders, first, options.repeat).items():
            rows[size]["load and first request, ms"] = taken
        for label, script in (("request, ours", "ours"), ("request, openapi-core", "openapi-core"),
                              ("request, one resolver", "powertools")):  # fmt: skip
            for size, taken in _requests(folders, script).items():
                rows[size][f"{label}, us"] = taken
    _print(rows)
    added = rows[500]["import of the module, ms"] - rows[5]["import of the module, ms"]
    flat = rows[500]["request, ours, us"] / rows[5]["request, ours, us"]
    print(f"\n500 operations add {added:.1f} ms to the import (limit {_IMPORT_LIMIT_MS:g}).")
    print(f"A request with 500 operations takes {flat:.2f} times as long as with 5.")
    return 0 if added <= _IMPORT_LIMIT_MS else 1


def _compiled(folder: Path, size: int, openapi: str) -> dict[str, float]:
    """Writes and compiles a contract; returns the times, and openapi-core's for loading it."""
    folder.mkdir()
    source = folder / "openapi.json"
    source.write_text(json.dumps(contract_of(size, openapi)))
    (folder / "openapi.yaml").write_text(yaml.safe_dump(contract_of(size, openapi)))
    module = folder / "compiled.py"
    ours = _seconds(
        "from openapi_first.cli.main import main; "
        f"main(['compile', {str(source)!r}, '-o', {str(module)!r}])"
    )
    theirs = _seconds(
        f"from openapi_core import OpenAPI; OpenAPI.from_file_path({str(source)!r}).check_spec()"
    )
    start = _seconds("import openapi_first.compiler.compile, openapi_first.openapi.loader")
    return {
        "compile, s": ours,
        "of which Python's start, s": start,
        "openapi-core loads and checks, s": theirs,
        "module, KB": module.stat().st_size / 1000,
    }


def _seconds(script: str) -> float:
    started = time.perf_counter()
    _run(script, Path.cwd())
    return time.perf_counter() - started


def _run(script: str, folder: Path) -> str:
    path = os.pathsep.join((str(_SOURCE), str(folder)))
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        # An image has the bytecode of each module, so it is written and read here, too.
        env={
            **{n: v for n, v in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"},
            "PYTHONPATH": path,
            "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        },
    )
    return done.stdout.strip() or done.stderr.strip()


def _in_turns(folders: dict[int, Path], script: str, repeat: int) -> dict[int, float]:
    """The median of what the script prints, in new processes, the sizes in turns."""
    found: dict[int, list[float]] = {size: [] for size in folders}
    for _ in range(repeat + 1):
        for size, folder in folders.items():
            found[size].append(float(_run(script, folder).splitlines()[-1]))
    return {size: statistics.median(taken[1:]) for size, taken in found.items()}


def _requests(folders: dict[int, Path], framework: str) -> dict[int, float]:
    script = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import per_request; "
    return _in_turns(folders, script + f"per_request.main({framework!r})", 5)


def _print(rows: dict[int, dict[str, float]]) -> None:
    labels = list(rows[5])
    print(f"{'operations':34}" + "".join(f"{size:>12}" for size in rows))
    for label in labels:
        print(f"{label:34}" + "".join(f"{rows[size][label]:12.1f}" for size in rows))


if __name__ == "__main__":
    raise SystemExit(main())
