"""The phases of a run, each of which sends its cases and records the verdicts."""
