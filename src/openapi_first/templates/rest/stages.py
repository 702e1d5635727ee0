"""Which stage of a REST API is served, and the API keys and usage plans of that stage.

AWS: aws-resource-apigateway-stage, -deployment, -apikey, -usageplan and -usageplankey.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from openapi_first.templates.intrinsics.parameters import text_of
from openapi_first.templates.intrinsics.stack import Stack
from openapi_first.templates.rest.pieces import Piece, RestApi, as_array, as_object, piece_of

_NONE = "default"
_KEY = "AWS::ApiGateway::ApiKey"
_PLAN = "AWS::ApiGateway::UsagePlan"
_PLAN_KEY = "AWS::ApiGateway::UsagePlanKey"


@dataclass(frozen=True, slots=True)
class ChosenStage:
    name: str
    variables: Mapping[str, str] = field(default_factory=dict)


def chosen_stage(stack: Stack, api: RestApi, wanted: str | None) -> ChosenStage:
    """The wanted stage; else the first one that is declared by itself, else the one that a
    deployment makes. Reports a wanted one that there is not, and notes the others."""
    stages = [_declared(piece) for piece in api.of("Stage")]
    for piece in api.of("Deployment"):
        name = piece.text("StageName")
        if name and name not in [each.name for each in stages]:
            description = piece.object("StageDescription")
            stages.append(ChosenStage(name, _variables(description.get("Variables"))))
    pointer = api.piece.resource.pointer
    logical_id = api.piece.resource.logical_id
    if not stages:
        detail = f"{logical_id} has no stage, so AWS serves nothing; the stage is called {_NONE}"
        stack.problems.note(pointer, detail)
        return ChosenStage(wanted or _NONE)
    names = ", ".join(each.name for each in stages)
    if wanted is not None:
        found = next((each for each in stages if each.name == wanted), None)
        if found is None:
            detail = f"{logical_id} has no stage {wanted}"
            stack.problems.report(pointer, detail, f"It has {names}.")
            return ChosenStage(wanted)
        return found
    _note_settings(stack, api)
    return stages[0]


def keys_and_plans(stack: Stack, api: RestApi, stage: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The API keys and the usage plans of a stage, by logical ID."""
    keys = {piece.id: piece for piece in _pieces(stack, _KEY)}
    plans = {piece.id: piece for piece in _pieces(stack, _PLAN) if _of_stage(piece, api, stage)}
    of_plan: dict[str, list[str]] = {plan: [] for plan in plans}
    used: dict[str, Any] = {}
    for piece in _pieces(stack, _PLAN_KEY):
        key = keys.get(piece.text("KeyId"))
        plan = piece.text("UsagePlanId")
        if plan not in plans:
            continue
        if key is None:
            detail = f"the API key of {piece.resource.logical_id} is not in this template"
            stack.problems.note(piece.pointer("KeyId"), f"{detail}; the plan does not have it")
            continue
        name = key.resource.logical_id
        used[name] = dict(key.properties)
        of_plan[plan].append(name)
    found = {
        piece.resource.logical_id: {
            **piece.properties,
            "ApiStages": _of_stage(piece, api, stage),
            "KeyIds": of_plan[plan],
        }
        for plan, piece in plans.items()
    }
    return used, found


def _of_stage(plan: Piece, api: RestApi, stage: str) -> list[Mapping[str, Any]]:
    return [
        each
        for each in map(as_object, plan.array("ApiStages"))
        if text_of(each.get("ApiId")) == api.piece.id and text_of(each.get("Stage")) == stage
    ]


def _pieces(stack: Stack, kind: str) -> list[Piece]:
    return [piece_of(stack, resource) for resource in stack.of_type(kind)]


def _declared(piece: Piece) -> ChosenStage:
    return ChosenStage(
        piece.text("StageName", _NONE), _variables(piece.properties.get("Variables"))
    )


def _variables(written: Any) -> dict[str, str]:
    return {name: text_of(value) for name, value in as_object(written).items()}


def _note_settings(stack: Stack, api: RestApi) -> None:
    """What a stage does on AWS and does not do here."""
    for piece in api.of("Stage"):
        for index, each in enumerate(
            map(as_object, as_array(piece.properties.get("MethodSettings")))
        ):
            pointer = f"{piece.pointer('MethodSettings')}/{index}"
            if "ThrottlingRateLimit" in each or "ThrottlingBurstLimit" in each:
                stack.problems.note(pointer, "the throttling of methods is not acted on")
            if str(each.get("CachingEnabled")).lower() == "true":
                stack.problems.note(pointer, "responses are not cached")
        if piece.properties.get("CanarySetting"):
            stack.problems.note(piece.pointer("CanarySetting"), "there is no canary here")
