"""`make rollback` and `make deploy REIMPORT=1`, against the stand-in of an account."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from openapi_first.deployment.account.aws import Refused
from openapi_first.deployment.gateway import snapshots as snapshots_module
from openapi_first.deployment.gateway.reimport import reimport
from openapi_first.deployment.gateway.rollback import Wish, listing, roll_back
from openapi_first.deployment.gateway.served import served
from openapi_first.deployment.gateway.snapshots import keep, snapshots
from openapi_first.deployment.stack import description
from stack.way_back.conftest import CONTRACTS, REVISIONS, Release
from support.aws_account.aws_cli import run_aws
from support.aws_account.packaging import deployed

YES = Wish(confirmed=True)


def test_each_release_that_changes_the_api_is_kept_once(release: Release) -> None:
    release(1)
    release(2)
    assert release(2, MemorySize="1024") is None
    found = snapshots(release.served)
    assert [each.contract for each in found] == [CONTRACTS[2], CONTRACTS[1]]
    assert [each.revision for each in found] == [REVISIONS[2], REVISIONS[1]]
    assert found[0].version == release.served.version(), "also of a later version of the function"
    assert found[0].copy_of == release.served.deployment
    served_ids = {each["deploymentId"] for each in release.api.stages.values()}
    assert not served_ids & {each.id for each in found}, "no stage serves what is kept"


def test_the_stage_goes_back_to_the_contract_before_and_forward_again(
    release: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    release(1)
    release(2)
    assert release.version_served == "2.0"
    assert roll_back(release.served, YES) == 0
    assert release.version_served == "1.0"
    told = capsys.readouterr().out
    forward = re.search(r"make rollback STACK=items TO=(\S+)", told)
    assert forward is not None
    assert "The next `make deploy`" in told
    assert "contract drift" in told
    assert roll_back(release.served, Wish(forward[1], confirmed=True)) == 0
    assert release.version_served == "2.0"


def test_going_back_twice_goes_back_two_contracts(release: Release) -> None:
    for number in (1, 2, 3):
        release(number)
    roll_back(release.served, YES)
    assert release.version_served == "2.0"
    roll_back(release.served, YES)
    assert release.version_served == "1.0"
    with pytest.raises(Refused, match="no earlier deployment"):
        roll_back(release.served, YES)


def test_a_new_document_moves_a_stage_forward_that_went_back_but_the_same_does_not(
    release: Release,
) -> None:
    release(1)
    release(2)
    roll_back(release.served, YES)
    release(2, MemorySize="1024")
    assert release.version_served == "1.0", "CloudFormation sees no change, as the message says"
    release(3)
    assert release.version_served == "3.0"


def test_the_commands_for_the_function_work(
    release: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    release(1)
    first = release.served.version()
    release(2)
    newer = release.served.version()
    assert first != newer
    roll_back(release.served, YES)
    told = capsys.readouterr().out
    assert f"The function stays at version {newer}" in told
    back, forward = re.findall(r"aws lambda update-alias .*", told)
    for command, version in ((back, first), (forward, newer)):
        run_aws(command)
        assert release.served.version() == version


def test_a_version_that_was_deleted_is_said(
    release: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    release(1)
    version = release.served.version()
    release(2)
    (function,) = (
        each for each in release.aws.region().functions.functions.values() if each.aliases
    )
    function.versions.pop(version, None)
    roll_back(release.served, YES)
    assert f"Version {version} was deleted" in capsys.readouterr().out


def test_a_dry_run_and_a_question_without_a_terminal_change_nothing(
    release: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    release(1)
    release(2)
    assert roll_back(release.served, Wish(dry_run=True)) == 0
    assert CONTRACTS[1][:12] in capsys.readouterr().out
    with pytest.raises(Refused, match="YES=1"):
        roll_back(release.served, Wish())
    assert release.version_served == "2.0"
    assert not release.aws.asked("apigateway:UpdateStage")[1:]


@pytest.mark.parametrize(("answer", "served_then"), [("y", "1.0"), ("", "2.0"), ("no", "2.0")])
def test_a_terminal_is_asked(
    answer: str, served_then: str, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(1)
    release(2)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    assert roll_back(release.served, Wish()) == (0 if served_then == "1.0" else 1)
    assert release.version_served == served_then


def test_a_deployment_is_named_by_id_contract_or_revision(release: Release) -> None:
    release(1)
    release(2)
    (target,) = (each for each in snapshots(release.served) if each.contract == CONTRACTS[1])
    for name in (target.id, CONTRACTS[1][:12], REVISIONS[1][:7], REVISIONS[1]):
        assert roll_back(release.served, Wish(name, confirmed=True)) == 0
        assert release.version_served == "1.0"
        with pytest.raises(Refused, match="already"):
            roll_back(release.served, Wish(name, confirmed=True))
        roll_back(release.served, Wish(CONTRACTS[2], confirmed=True))
    for name in ("nothing", "111"):
        with pytest.raises(Refused, match="LIST=1"):
            roll_back(release.served, Wish(name, confirmed=True))


def test_a_name_of_several_contracts_is_refused_with_their_ids(release: Release) -> None:
    for number in (1, 2):
        deployed(release.aws, "items", release.written(number), image=f"items:{number}")
        keep(release.served, REVISIONS[1], CONTRACTS[number])
    with pytest.raises(Refused, match="is more than one deployment") as refused:
        roll_back(release.served, Wish(REVISIONS[1], confirmed=True))
    assert all(each.id in str(refused.value) for each in snapshots(release.served))
    assert release.version_served == "2.0"


def test_the_way_back_is_found_on_a_later_page(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots_module, "_PAGE", 2)
    release(1)
    for _ in range(3):
        release.served.call("create_deployment", description="by hand")
    release(2)
    assert roll_back(release.served, YES) == 0
    assert release.version_served == "1.0"


def test_what_was_deployed_by_hand_gives_way_to_the_newest_release(release: Release) -> None:
    release(1)
    release(2)
    release.served.call("create_deployment", stageName="prod", description="by hand")
    (newest, *_) = snapshots(release.served)
    assert roll_back(release.served, YES) == 0
    assert release.served.deployment == newest.id


def test_the_list_marks_what_the_stage_serves(release: Release) -> None:
    release(1)
    release(2)
    first, second = listing(release.served)
    assert first.startswith("* ")
    assert CONTRACTS[2][:12] in first
    assert second.startswith("  ")
    roll_back(release.served, YES)
    assert [line[0] for line in listing(release.served)] == [" ", "*"]


def test_only_the_newest_are_kept_and_never_less_than_what_is_served(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots_module, "KEPT", 2)
    release(1)
    release(2)
    release(3)
    assert [each.contract for each in snapshots(release.served)] == [CONTRACTS[3], CONTRACTS[2]]
    assert len(release.api.deployments) == 3, "CloudFormation has deleted its own older ones"


def test_a_stack_without_an_earlier_deployment_or_a_stage_is_refused(release: Release) -> None:
    release(1)
    with pytest.raises(Refused, match="no earlier deployment"):
        roll_back(release.served, YES)
    del release.api.stages["prod"]
    stack = description.find(release.account, "items")
    assert stack is not None
    with pytest.raises(Refused, match="no stage prod"):
        served(release.account, stack)


def test_an_api_that_was_deleted_is_not_taken_for_a_stage(release: Release) -> None:
    release(1)
    release.aws.region().gateway.apis.clear()
    stack = description.find(release.account, "items")
    assert stack is not None
    with pytest.raises(Refused, match=r"The API \S+ of the stack items was deleted outside"):
        served(release.account, stack)


def test_a_template_may_name_neither_the_api_nor_the_stage(release: Release) -> None:
    release(1)
    stack = description.find(release.account, "items")
    assert stack is not None
    found = served(release.account, replace(stack, outputs={}, parameters={}))
    assert (found.stage, found.deployment) == ("prod", release.served.deployment)


def test_a_throttled_control_plane_is_waited_for(release: Release) -> None:
    release.aws.refuse("TooManyRequestsException", "apigateway:CreateDeployment", times=4)
    release(1)
    assert len(snapshots(release.served)) == 1


def test_a_reimport_undoes_edits_and_keeps_the_name(release: Release, tmp_path: Path) -> None:
    release(1)
    name = release.api.rest.api["name"]
    release.api.rest.method("/items", "GET")["apiKeyRequired"] = False
    document = tmp_path / "openapi.gateway.json"
    document.write_text(json.dumps(release.written(1)))
    made = reimport(release.served, document, REVISIONS[1], CONTRACTS[1])
    assert release.api.rest.method("/items", "GET")["apiKeyRequired"] is True
    assert release.served.deployment == made
    assert release.api.served("prod").method("/items", "GET")["apiKeyRequired"] is True
    assert release.api.rest.api["name"] == name == "items"
    (asked,) = release.aws.asked("apigateway:PutRestApi")[-1:]
    assert asked.parameters["mode"] == "overwrite"
    assert asked.parameters["failOnWarnings"] is True


def test_after_a_reimport_the_stage_goes_back_past_the_same_contract(
    release: Release, tmp_path: Path
) -> None:
    release(1)
    release(2)
    document = tmp_path / "openapi.gateway.json"
    document.write_text(json.dumps(release.written(2)))
    reimport(release.served, document, REVISIONS[2], CONTRACTS[2])
    roll_back(release.served, YES)
    assert release.version_served == "1.0"
    release(3)
    assert release.version_served == "3.0", "the next document sets the stage again"


def test_a_document_with_warnings_changes_nothing(release: Release, tmp_path: Path) -> None:
    release(1)
    before = release.served.deployment
    release.aws.region().gateway.warnings.append("what is dropped")
    document = tmp_path / "openapi.gateway.json"
    document.write_text(json.dumps(release.written(2)))
    with pytest.raises(Refused, match=r"changed nothing: .*what is dropped"):
        reimport(release.served, document, REVISIONS[2], CONTRACTS[2])
    assert release.served.deployment == before
    assert release.version_served == "1.0"


def test_warnings_do_not_count_where_the_stack_says_so(release: Release, tmp_path: Path) -> None:
    release(1)
    release.aws.region().gateway.warnings.append("what is dropped")
    document = tmp_path / "openapi.gateway.json"
    document.write_text(json.dumps(release.written(2)))
    made = reimport(release.served, document, REVISIONS[2], CONTRACTS[2], fail_on_warnings=False)
    assert release.served.deployment == made


def test_a_reimport_that_ends_half_way_says_what_the_stage_serves(
    release: Release, tmp_path: Path
) -> None:
    release(1)
    document = tmp_path / "openapi.gateway.json"
    document.write_text(json.dumps(release.written(2)))
    release.aws.refuse("AccessDenied", "apigateway:CreateDeployment")
    with pytest.raises(Refused, match="is imported, and the stage prod of items does not serve it"):
        reimport(release.served, document, REVISIONS[2], CONTRACTS[2])
    assert release.version_served == "1.0"
    release.aws.mend()
    reimport(release.served, document, REVISIONS[2], CONTRACTS[2])
    assert release.version_served == "2.0"
