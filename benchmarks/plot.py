"""A bar chart of a table as SVG, which reads well on light and on dark pages."""

from __future__ import annotations

from html import escape

from benchmarks.results import Table

_WIDTH, _LABEL, _BAR, _GAP = 760, 270, 14, 18
_COLOURS = ("#0072b2", "#e69f00", "#009e73")
"""Those of Okabe and Ito, which differ in any colour vision."""


def plot(table: Table) -> str:
    """One group of bars for each row; bars have their values beside them."""
    largest = max(value for _, values in table.rows for value in values)
    scale = (_WIDTH - _LABEL - 60) / largest
    group = _BAR * len(table.columns) + _GAP
    height = 60 + group * len(table.rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="12">',
        f"<title>{escape(table.title)}, {escape(table.unit)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" rx="6" fill="#ffffff"/>',
        f'<text x="16" y="24" font-size="14" font-weight="bold">{escape(table.title)}, '
        f"{escape(table.unit)} of CPU time</text>",
    ]
    for index, (column, colour) in enumerate(zip(table.columns, _COLOURS, strict=False)):
        x = _LABEL + 120 * index
        parts.append(f'<rect x="{x}" y="34" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{x + 16}" y="43">{escape(column)}</text>')
    for row, (name, values) in enumerate(table.rows):
        top = 60 + row * group
        middle = top + _BAR * len(values) / 2 + 4
        weight = ' font-weight="bold"' if name.startswith("this") else ""
        parts.append(
            f'<text x="{_LABEL - 10}" y="{middle:g}" text-anchor="end"{weight}>'
            f"{escape(name)}</text>"
        )
        for index, (value, colour) in enumerate(zip(values, _COLOURS, strict=False)):
            y, width = top + index * _BAR, value * scale
            parts.append(
                f'<rect x="{_LABEL}" y="{y}" width="{width:.1f}" height="{_BAR - 2}" '
                f'fill="{colour}"/>'
            )
            parts.append(f'<text x="{_LABEL + width + 5:.1f}" y="{y + 10}">{value:.0f}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
