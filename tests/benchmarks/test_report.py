from __future__ import annotations

import json

import pytest
from benchmarks.report import json_of, page_with_figures, text
from benchmarks.results import Figure, Section, Table, Target, ratio

SECTIONS = {
    "speed": Section(
        (
            ratio(Target("get", 1.6), 80, 40, "µs"),
            Figure(Target("stage", 0.75, least=True), 0.8, "8 a second / 10 a second"),
            Figure(Target("start", 20, "ms"), 20.0, "30 ms - 10 ms"),
        ),
        (Table("A request", ("create", "get"), (("ours", (104.4, 7.12)),), "µs"),),
    ),
    "paging": Section(left_out="dynalite is not installed: run `npm ci` in /somewhere"),
}


def test_ratios_come_first_with_their_targets() -> None:
    lines = text(SECTIONS).splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "get 2.00 ≤ 1.6 missed 80 µs / 40 µs",
        "stage 0.80 ≥ 0.75 met 8 a second / 10 a second",
        "start 20.00 ms ≤ 20 ms met 30 ms - 10 ms",
        "",
        "A request, µs",
        "create get",
        "ours 104 7.12",
        "",
        "paging is left out: dynalite is not installed: run `npm ci` in /somewhere",
    ]


def test_the_json_has_everything() -> None:
    found = json.loads(json_of(SECTIONS, "a laptop"))
    assert set(found) == {"machine", "figures", "tables", "left_out"}
    assert found["figures"][0] == {
        "figure": "get",
        "value": 2.0,
        "unit": "",
        "target": 1.6,
        "at_least": False,
        "met": False,
        "terms": "80 µs / 40 µs",
    }
    assert found["tables"][0]["rows"] == {"ours": {"create": 104.4, "get": 7.12}}


def test_a_page_gets_the_figures_between_its_comments_again_and_again() -> None:
    begin, end = "<!-- Figures, by `make bench WRITE=1`. -->", "<!-- End of the figures. -->"
    page = f"# Figures\n\n{begin}\n{end}\nmore\n"
    once = page_with_figures(page, SECTIONS, "a laptop")
    assert "| get | 2.00 | ≤ 1.6 | missed | 80 µs / 40 µs |" in once
    assert "/somewhere" not in once
    assert once.startswith("# Figures\n")
    assert once.endswith("\nmore\n")
    assert page_with_figures(once, SECTIONS, "a laptop") == once


def test_a_page_without_the_comments_stays_as_it_is() -> None:
    with pytest.raises(ValueError, match="the page lacks"):
        page_with_figures("# Figures\n", SECTIONS, "a laptop")
