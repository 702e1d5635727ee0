"""Which kind of file or folder `contract serve` is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from openapi_first.aws.extensions import ANY_METHOD, INTEGRATION
from openapi_first.aws.methods import METHODS
from openapi_first.documents.errors import Diagnostic, UnreadableContract
from openapi_first.templates.files.cdk import is_assembly
from openapi_first.templates.files.errors import TemplateError
from openapi_first.templates.files.tags import read_file

Kind = Literal["contract", "import document", "template", "cdk.out"]
_OPERATIONS = (*(method.lower() for method in METHODS), ANY_METHOD)


def recognise(path: Path) -> Kind:
    """An import document differs from a contract in that every operation says what it calls: its
    integration has a type. An export is one, too.

    Raises TemplateError for a folder that is not cdk.out, and UnreadableContract for a file that
    cannot be read, or has another content.
    """
    if path.is_dir():
        if is_assembly(path):
            return "cdk.out"
        names = sorted(each.name for each in path.iterdir() if is_candidate(each))
        remedy = f"Name one of its files: {', '.join(names)}." if names else "Name a file."
        detail = "is a folder without manifest.json, so it is not cdk.out"
        raise TemplateError([Diagnostic(str(path), None, "", detail, remedy)])
    value = read_file(path).value
    if isinstance(value, dict):
        if "openapi" in value or "swagger" in value:
            return "import document" if _is_integrated(value) else "contract"
        if isinstance(value.get("Resources"), dict):
            return "template"
    detail = "is neither an OpenAPI document nor a template"
    remedy = "Start it with `openapi`, or give it `Resources`."
    raise UnreadableContract(Diagnostic(str(path), None, "", detail, remedy))


def is_candidate(path: Path) -> bool:
    """Whether a file's name is usual for a template or a contract."""
    return path.stem in ("template", "openapi", "swagger") and path.suffix in (
        *(".yaml", ".yml", ".json"),
    )


def _is_integrated(document: dict[str, Any]) -> bool:
    paths = document.get("paths")
    operations = [
        item[key]
        for item in (paths.values() if isinstance(paths, dict) else ())
        if isinstance(item, dict)
        for key in _OPERATIONS
        if key in item
    ]
    return bool(operations) and all(map(_has_integration, operations))


def _has_integration(operation: Any) -> bool:
    integration = operation.get(INTEGRATION) if isinstance(operation, dict) else None
    return isinstance(integration, dict) and bool({"type", "$ref"} & set(integration))
