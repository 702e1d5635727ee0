"""Plans how the members of forms are read: by style or as a media type."""

from __future__ import annotations

from openapi_first.compiler.text_planner import nested_plan, text_plan
from openapi_first.core.media_types import BINARY
from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.openapi.model import MediaType
from openapi_first.openapi.styles import STYLES
from openapi_first.runtime.plan import NestedText, ParameterPlan, SchemaPlan
from openapi_first.schemas.form_members import MULTIPART, FormMember, form_members


def member_plans(
    entry: MediaType, errors: list[Diagnostic]
) -> tuple[tuple[ParameterPlan, ...], tuple[str, ...] | None]:
    """The plan of each member, and the types of members that the schema does not name."""
    assert entry.schema is not None
    text = text_plan(entry.schema, untyped=("object",))
    if "object" not in text.types:
        errors.append(
            entry.schema.diagnostic(
                f"the schema of {entry.name} is not an object", "Describe the form as an object."
            )
        )
        return (), None
    members = tuple(form_members(entry))
    names = [member.name for member in members]
    plans = tuple(_plan(entry.name, member, names, errors) for member in members)
    return plans, text.others


def _plan(
    form: str, member: FormMember, names: list[str], errors: list[Diagnostic]
) -> ParameterPlan:
    name, schema = member.name, member.schema
    prefixed = STYLES[member.style].prefixes_names
    if member.media_type is BINARY and not form.startswith(MULTIPART):
        detail = f"{name} is binary, which {form} cannot contain"
        errors.append(schema.diagnostic(detail, f"Use {MULTIPART}."))
    nested: tuple[NestedText, ...] = ()
    if prefixed:
        try:
            nested = nested_plan(schema)
        except ContractError as error:
            errors.extend(error.diagnostics)
    return ParameterPlan(
        name,
        name,
        "form",
        False,
        member.style,
        member.explode,
        text_plan(schema),
        SchemaPlan({}),
        member.media_type,
        claimed=tuple(each for each in names if prefixed and each.startswith(f"{name}[")),
        nested=nested,
    )
