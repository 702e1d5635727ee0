from __future__ import annotations

from xml.etree import ElementTree

from benchmarks.plot import plot
from benchmarks.results import Table


def test_bars_are_as_long_as_their_values_and_have_them_beside() -> None:
    table = Table("A & B", ("create", "get"), (("this engine", (100.0, 50.0)),), "µs")
    root = ElementTree.fromstring(plot(table))
    kind = "{http://www.w3.org/2000/svg}"
    bars = [each for each in root.iter(f"{kind}rect") if each.get("height") == "12"]
    long, short = (float(each.get("width", "")) for each in bars)
    assert abs(long - 2 * short) < 0.2
    texts = [each.text for each in root.iter(f"{kind}text")]
    assert texts[-2:] == ["100", "50"]
    assert "this engine" in texts
