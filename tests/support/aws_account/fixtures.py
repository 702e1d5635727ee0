"""Fixtures: an account, and a project to deploy into it.

Every run of pytest loads this module, so it imports boto3 and the rest only for those that ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.aws_account.account import AwsAccount
    from support.aws_account.project import Project


@pytest.fixture
def account() -> Iterator[AwsAccount]:
    """An empty account. The test fails if something was asked of it that it does not know."""
    from support.aws_account.account import AwsAccount

    with AwsAccount().running() as running:
        yield running
    assert not running.unexpected, "\n".join(running.unexpected)


@pytest.fixture
def project(account: AwsAccount, tmp_path: Path, tools: Path) -> Project:
    """A project whose commands use the account, with the SAM CLI in `tools`."""
    from support.aws_account.project import new_project

    return new_project(tmp_path, tools, account.environment)
