"""Reads a SAM or CloudFormation template, or a folder of AWS CDK, into what the stage serves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from openapi_first.core.json_pointer import escaped
from openapi_first.documents.errors import Diagnostic
from openapi_first.templates.files.cdk import CdkStack, cdk_stacks
from openapi_first.templates.files.errors import Problems, TemplateError
from openapi_first.templates.files.includes import Includer
from openapi_first.templates.files.samconfig import read_samconfig
from openapi_first.templates.files.tags import read_with_repeated
from openapi_first.templates.functions import declared_functions, declared_layers
from openapi_first.templates.intrinsics.loops import Loops, has_extensions
from openapi_first.templates.intrinsics.parameters import (
    parameter_values,
    ssm_parameters,
    unknown_names,
)
from openapi_first.templates.intrinsics.resolver import Resolver
from openapi_first.templates.intrinsics.scope import Scope
from openapi_first.templates.intrinsics.stack import Stack
from openapi_first.templates.model import (
    DeclaredApi,
    DeclaredFunction,
    DeclaredTable,
    Template,
)
from openapi_first.templates.rest.document import import_document
from openapi_first.templates.rest.pieces import rest_apis
from openapi_first.templates.rest.stages import chosen_stage, keys_and_plans
from openapi_first.templates.sam.translation import is_sam, translated
from openapi_first.templates.tables import declared_tables
from openapi_first.templates.unserved import note_unserved

REGION = "us-east-1"
ACCOUNT_ID = "123456789012"
_DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the user chooses; "" leaves it to the template, `samconfig.toml` or the default.

    `parameters` are values of parameters, and of exports of other stacks. `api` is the logical ID
    of the only REST API to serve, `stage` the name of the stage of each. `environment` is that of
    `samconfig.toml`.
    """

    parameters: Mapping[str, str]
    region: str = ""
    account_id: str = ""
    stack_name: str = ""
    api: str = ""
    stage: str = ""
    environment: str = _DEFAULT


def read_template(path: Path, choices: Choices) -> Template:
    """What a template, or each stack in a folder of AWS CDK, declares.

    Raises TemplateError with every error, ContractError for a file that cannot be read, and
    ModuleNotFoundError if a SAM template needs the extra `sam`.
    """
    try:
        return _Reading(choices).template(path)
    except RecursionError:
        detail, remedy = "is nested too deeply", "Split the template."
        raise TemplateError([Diagnostic(str(path), None, "", detail, remedy)]) from None


class _Reading:
    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self._files: set[Path] = set()
        self._exports: dict[str, Callable[[], Any]] = {
            name: partial(str, value) for name, value in choices.parameters.items()
        }
        self._problems: list[Problems] = []
        self._overrides: Mapping[str, str] = {}

    def template(self, path: Path) -> Template:
        if path.is_dir():
            found = list(cdk_stacks(path))
            if not found:
                detail, remedy = "has no stack", "Run `cdk synth` again."
                raise TemplateError([Diagnostic(str(path), None, "", detail, remedy)])
            stacks = [self._stack(each) for each in found]
        else:
            stacks = [self._stack(self._alone(path))]
        declared = self._declared(stacks)
        imported = set().union(*(stack.scope.used_exports for stack in stacks))
        for stack in stacks if len(stacks) == 1 else ():
            unknown_names(stack.scope.template, self._choices.parameters, imported, stack.problems)
        errors = [error for each in self._problems for error in each.errors]
        if errors:
            raise TemplateError(errors)
        return declared

    def _alone(self, path: Path) -> CdkStack:
        environment = self._choices.environment
        config = read_samconfig(path, environment)
        if environment != _DEFAULT and not config.has_environment:
            where, detail = config.path or path, f"samconfig has no environment {environment}"
            remedy = "Add it to the samconfig.toml beside the template, or correct --config-env."
            raise TemplateError([Diagnostic(str(where), None, "", detail, remedy)])
        if config.path is not None:
            self._files.add(config.path.resolve())
        self._overrides = config.parameters
        name = self._choices.stack_name or config.stack or _stack_name(path)
        return CdkStack(name, path, config.region, "", {})

    def _stack(self, cdk: CdkStack) -> Stack:
        source, repeated = read_with_repeated(cdk.template)
        problems = Problems(source)
        problems.note_repeated(source, repeated)
        self._problems.append(problems)
        if not isinstance(source.value, dict) or not isinstance(
            source.value.get("Resources"), dict
        ):
            problems.report("", "this is not a template", "Give it Resources.")
            problems.raise_errors()
        given = {**self._overrides, **self._choices.parameters}
        scope = Scope(
            source.value,
            problems,
            parameter_values(source.value, given, problems),
            self._choices.region or cdk.region or REGION,
            self._choices.account_id or cdk.account_id or ACCOUNT_ID,
            cdk.name,
            ssm_parameters(source.value, given),
            self._exports,
        )
        problems.raise_errors()
        includer = Includer(source, problems, Resolver(scope).value)
        source = includer.included()
        self._files |= includer.files
        problems.raise_errors()
        scope.template = source.value
        if has_extensions(source.value):
            scope.template = Loops(problems, Resolver(scope).value).expanded(source.value)
            problems.raise_errors()
        if is_sam(scope.template):
            resolve = Resolver(scope).value
            scope.template = translated(
                scope.template, scope.parameters, scope.region, problems, resolve
            )
        stack = Stack(scope, cdk.template.parent, cdk.assets)
        self._export(stack)
        return stack

    def _export(self, stack: Stack) -> None:
        """What other stacks can import of this one."""
        for logical_id, output in stack.scope.section("Outputs").items():
            export = output.get("Export") if isinstance(output, dict) else None
            if not isinstance(export, dict):
                continue
            pointer = f"/Outputs/{escaped(logical_id)}"
            name = stack.resolver.value(export.get("Name"), f"{pointer}/Export/Name")
            value = output.get("Value")
            self._exports.setdefault(
                str(name), partial(stack.resolver.value, value, f"{pointer}/Value")
            )

    def _declared(self, stacks: list[Stack]) -> Template:
        layers: dict[str, Path | None] = {}
        for stack in stacks:
            layers |= declared_layers(stack)
        functions: list[DeclaredFunction] = []
        tables: list[DeclaredTable] = []
        apis: list[DeclaredApi] = []
        for stack in stacks:
            name = stack.scope.stack
            functions += _distinct(functions, declared_functions(stack, layers), name)
            tables += _distinct(tables, declared_tables(stack), name)
            apis += _distinct(apis, self._apis(stack), name)
        for stack in stacks:
            note_unserved(stack)
        if self._choices.api:
            apis = self._chosen(apis)
        return Template(
            tuple(apis),
            tuple(functions),
            tuple(tables),
            tuple(note for each in self._problems for note in each.notes),
            frozenset(self._files),
            stacks[0].scope.region,
        )

    def _apis(self, stack: Stack) -> Iterator[DeclaredApi]:
        for api in rest_apis(stack):
            resource = api.piece.resource
            stage = chosen_stage(stack, api, self._choices.stage or None)
            keys, plans = keys_and_plans(stack, api, stage.name)
            yield DeclaredApi(
                logical_id=resource.logical_id,
                document=import_document(stack, api),
                stage=stage.name,
                stage_variables=stage.variables,
                api_keys=keys,
                usage_plans=plans,
                pointer=resource.pointer,
            )

    def _chosen(self, apis: list[DeclaredApi]) -> list[DeclaredApi]:
        found = [each for each in apis if each.logical_id == self._choices.api]
        if not found:
            names = ", ".join(each.logical_id for each in apis)
            remedy = f"It has {names}." if names else "It has none."
            detail = f"there is no REST API {self._choices.api}"
            self._problems[0].report("/Resources", detail, remedy)
        return found


_Declared = TypeVar("_Declared", DeclaredApi, DeclaredFunction, DeclaredTable)


def _distinct(
    others: list[_Declared], declared: Iterable[_Declared], stack: str
) -> Iterator[_Declared]:
    """With a logical ID that no other stack has: its stack's name comes before it."""
    taken = {each.logical_id for each in others}
    for each in declared:
        if each.logical_id in taken:
            yield replace(each, logical_id=f"{stack}/{each.logical_id}")
        else:
            yield each


def _stack_name(path: Path) -> str:
    """A stack is usually called like its project."""
    folder = path.resolve().parent
    if folder.parts[-2:] == (".aws-sam", "build"):
        folder = folder.parent.parent
    name = "".join(each if each.isalnum() and each.isascii() else "-" for each in folder.name)
    return name.strip("-") or "stack"
