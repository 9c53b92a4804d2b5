# SPDX-License-Identifier: EUPL-1.2
"""The rows of people. Who somebody is (person) is kept apart from that they take part (member).

A member row is pseudonymous: erasing somebody deletes the person and leaves the member, so that
the other side of an exchange keeps its line and the books keep balancing (docs/adr/0007).
"""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum
from timebank.members.policy import Role


class Member(Base):
    """Somebody who takes part: in exchanges (with an account), or only in running things."""

    __tablename__ = "member"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(
            ["timebank_id", "neighbourhood_code"],
            ["neighbourhood.timebank_id", "neighbourhood.code"],
        ),
        ForeignKeyConstraint(
            ["timebank_id", "account_id"], ["ledger_account.timebank_id", "ledger_account.id"]
        ),
        UniqueConstraint("timebank_id", "account_id"),
        CheckConstraint(
            "(account_id IS NULL) = (neighbourhood_code IS NULL)", name="lives_where_it_counts"
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    id: Mapped[uuid.UUID]
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    neighbourhood_code: Mapped[str | None] = mapped_column(String(12))
    joined_on: Mapped[datetime.date]
    left_on: Mapped[datetime.date | None]
    enrolled_by: Mapped[uuid.UUID | None]
    """The member who enrolled them; None: the organisation itself, on its own machine."""


class Person(Base):
    """Name and address for messages: the only place where they stand."""

    __tablename__ = "person"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "member_id"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        UniqueConstraint("timebank_id", "email"),
        Index(None, "timebank_id", "search_given"),
        Index(None, "timebank_id", "search_family"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    member_id: Mapped[uuid.UUID]
    given_name: Mapped[str] = mapped_column(String(60))
    family_name: Mapped[str] = mapped_column(String(80))
    search_given: Mapped[str] = mapped_column(String(60))
    """The given name without accents and capitals, so that "Gökçe" is found as "gokce"."""
    search_family: Mapped[str] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    birth_year: Mapped[int | None] = mapped_column(Integer)
    """Only to keep to the least age and to find somebody who is enrolled already."""
    language: Mapped[str] = mapped_column(String(2), default="nl")

    @property
    def full_name(self) -> str:
        """Return the name as people say it."""
        return f"{self.given_name} {self.family_name}"


class MemberPause(Base):
    """Somebody takes no part for a while: neighbours are not pointed to them (docs/adr/0023)."""

    __tablename__ = "member_pause"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "member_id"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_start"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    member_id: Mapped[uuid.UUID]
    since: Mapped[datetime.date]
    until: Mapped[datetime.date | None]
    """The last day of the pause (inclusive); None: until the member ends it."""


class RoleGrant(Base):
    """A role that somebody has from a day up to and including another, or without an end."""

    __tablename__ = "role_grant"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(
            ["timebank_id", "neighbourhood_code"],
            ["neighbourhood.timebank_id", "neighbourhood.code"],
        ),
        CheckConstraint(
            "(role = 'coordinator') = (neighbourhood_code IS NOT NULL)",
            name="coordinator_of_somewhere",
        ),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index(None, "timebank_id", "member_id"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    member_id: Mapped[uuid.UUID]
    role: Mapped[Role] = mapped_column(value_enum(Role, "role_known"))
    neighbourhood_code: Mapped[str | None] = mapped_column(String(12))
    starts_on: Mapped[datetime.date]
    ends_on: Mapped[datetime.date | None]
    """The last day on which it counts (inclusive)."""
    granted_by: Mapped[uuid.UUID | None]
    removed_at: Mapped[datetime.datetime | None]
    """Taken away by somebody: it counts no more, from that very moment."""
    removed_by: Mapped[uuid.UUID | None]
