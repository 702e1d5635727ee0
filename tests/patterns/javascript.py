"""ECMA-262's own word on regular expressions: one long-lived Node.js process, fed JSON lines.

Knows nothing of pytest, so a script may ask as well.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

_MAIN = r"""
const readline = require('readline')
const compiled = (pattern, flags) => {
  try { return new RegExp(pattern, flags) } catch (error) { return null }
}
// Sticky, from each code point in turn: V8's own search also looks between two surrogates, where
// ECMA-262 (22.2.7.2) does not.
const found = (expression, text) => {
  for (let index = 0; index <= text.length; index += text.codePointAt(index) > 0xffff ? 2 : 1) {
    expression.lastIndex = index
    if (expression.test(text)) return true
  }
  return false
}
readline.createInterface({input: process.stdin}).on('line', line => {
  const {pattern, texts} = JSON.parse(line)
  const unicode = compiled(pattern, 'uy')
  const expression = unicode ?? compiled(pattern, 'y')
  console.log(JSON.stringify({
    unicode: unicode !== null,
    matches: expression && texts.map(text => found(expression, text)),
  }))
})
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the pattern stands in Unicode mode, and what it matches; None if in no mode."""

    unicode: bool
    matches: tuple[bool, ...] | None


class JavaScript:
    """A running Node.js."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def judge(self, pattern: str, texts: Sequence[str]) -> Verdict:
        """What `new RegExp(pattern, "u")` finds in each text, or without the flag if that fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(
            json.dumps({"pattern": pattern, "texts": texts}), file=self._process.stdin, flush=True
        )
        answer = json.loads(self._process.stdout.readline())
        matches = answer["matches"]
        return Verdict(answer["unicode"], None if matches is None else tuple(matches))


def available() -> bool:
    """Whether this machine has Node.js."""
    return shutil.which("node") is not None


@contextmanager
def start() -> Iterator[JavaScript]:
    """Run Node.js while the block runs."""
    process = subprocess.Popen(
        ["node", "-e", _MAIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield JavaScript(process)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
