"""Figures with their targets, and the tables that they come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """`limit` is the largest value that is good, or with `least` the smallest."""

    figure: str
    limit: float
    unit: str = ""
    least: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """`terms` are the values of which `value` is made, in words."""

    target: Target
    value: float
    terms: str

    @property
    def met(self) -> bool:
        value, limit = self.value, self.target.limit
        return value >= limit if self.target.least else value <= limit


@dataclass(frozen=True, slots=True)
class Table:
    """`unit` is that of all values, or "" where the columns name theirs."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What one module of `figures` measured; `left_out` says why it did not."""

    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    left_out: str | None = None


def ratio(target: Target, value: float, base: float, unit: str) -> Figure:
    """The ratio of a value to that of a peer."""
    return Figure(target, value / base, f"{value:,.0f} {unit} / {base:,.0f} {unit}")
