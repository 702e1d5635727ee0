"""The function starts only with what it can serve, and says why if it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_stale_compiled_module_is_named_before_anything_of_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "compiled.py").write_text("FORMAT = 0\n")
    done = subprocess.run(
        [sys.executable, "-c", "import items.handler"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "is of another compiler version; run `contract compile`" in done.stderr
    assert "AttributeError" not in done.stderr
