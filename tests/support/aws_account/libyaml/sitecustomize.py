"""Has the SAM CLI read YAML with libyaml, a tenth of the time: it reads a template eight times."""

from __future__ import annotations

try:
    import yaml
except ImportError:  # in a Python that does without
    pass
else:
    if hasattr(yaml, "CSafeLoader"):
        setattr(yaml, "SafeLoader", yaml.CSafeLoader)  # noqa: B010
