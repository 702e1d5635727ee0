"""The phases of a run; each sends its cases and records the verdicts."""
