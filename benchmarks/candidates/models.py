"""The contract's schemas as pydantic models."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=255)]
Cursor = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{28}$")]
EntityTags = Annotated[str, Field(min_length=1)]
IdempotencyKey = Annotated[str, Field(min_length=1, max_length=255)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ItemInput(_Closed):
    name: Name
    description: str | None = None


class Item(_Closed):
    id: UUID
    name: Name
    description: str | None = None
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ItemPage(_Closed):
    items: Annotated[list[Item], Field(max_length=100)]
    next_cursor: Cursor | None = None
