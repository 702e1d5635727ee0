"""One line on a terminal while a command is busy for longer than two seconds.

The line is on standard error, only if that is a terminal, and it is removed before anything else is
printed.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, TextIO

from openapi_first.core.terminal_text import on_one_line

_PATIENCE = 2.0
"""Seconds until the line appears."""
_STEP = 1.0
_CLEAR = "\r\x1b[K"
_DEFAULT_WIDTH = 80


@contextlib.contextmanager
def progress(words: str) -> Iterator[None]:
    """Shows `words` and the seconds so far while the block is busy, until it prints something."""
    if not (_is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"):
        yield
        return
    line = _Line(on_one_line(words), sys.stderr)
    output, errors = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Watched(output, line), _Watched(errors, line)
    line.start()
    try:
        yield
    finally:
        line.end()
        sys.stdout, sys.stderr = output, errors


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


class _Line:
    """The line, which a thread writes. After `end` it is never written again."""

    def __init__(self, words: str, stream: TextIO) -> None:
        self._words = words
        self._stream = stream
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._shown = False
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Removes the line."""
        if self._ended.is_set():
            return
        self._ended.set()
        with self._lock:
            if self._shown:
                self._write(_CLEAR)

    def _run(self) -> None:
        started = time.monotonic()
        wait = _PATIENCE
        while not self._ended.wait(wait):
            wait = _STEP
            seconds = f" … {time.monotonic() - started:.0f} s"
            words = self._words[: max(1, _width(self._stream) - len(seconds) - 1)]
            with self._lock:
                if not self._ended.is_set():
                    self._shown = True
                    self._write(f"{_CLEAR}{words}{seconds}")

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text.encode(encoding, "replace").decode(encoding))
            self._stream.flush()


def _width(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _DEFAULT_WIDTH
    except (OSError, ValueError):
        return _DEFAULT_WIDTH


class _Watched:
    """A stream that ends the line before something is written to it."""

    def __init__(self, stream: Any, line: _Line) -> None:
        self._stream = stream
        self._line = line

    def write(self, text: str) -> int:
        if text:
            self._line.end()
        written: int = self._stream.write(text)
        return written

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":
            self._line.end()
        return getattr(self._stream, name)
