# SPDX-License-Identifier: EUPL-1.2
"""The rows of an exchange: the facts, its history, and apart from them every free word.

An exchange is not a transfer (docs/adr/0002): it is what people say happened; the transfer is what
the books made of it. The transfer that reserves the minutes has the id of the exchange.
"""

from __future__ import annotations

import datetime
import enum
import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum
from timebank.exchanges.workflow import Action, ExchangeState, RejectionReason

_WAITING = text("state = 'submitted'")


class Exchange(Base):
    """Somebody helped somebody, for whole minutes, on a day."""

    __tablename__ = "exchange"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        UniqueConstraint("timebank_id", "form_key"),
        ForeignKeyConstraint(["timebank_id", "helper_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "helped_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "logged_by"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(
            ["timebank_id", "category_code"], ["help_category.timebank_id", "help_category.code"]
        ),
        CheckConstraint("helper_id <> helped_id", name="two_people"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="within_a_day"),
        Index(None, "timebank_id", "helper_id", "logged_at"),
        Index(None, "timebank_id", "helped_id", "logged_at"),
        Index(
            "ix_exchange_waiting",
            "timebank_id",
            "logged_at",
            "id",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    form_key: Mapped[uuid.UUID]
    """Made with the form; the same key never becomes two exchanges, however often it is sent."""
    helper_id: Mapped[uuid.UUID]
    helped_id: Mapped[uuid.UUID]
    helper_neighbourhood_code: Mapped[str] = mapped_column(String(12))
    helped_neighbourhood_code: Mapped[str] = mapped_column(String(12))
    category_code: Mapped[str] = mapped_column(String(40))
    minutes: Mapped[int] = mapped_column(Integer)
    helped_on: Mapped[datetime.date]
    state: Mapped[ExchangeState] = mapped_column(value_enum(ExchangeState, "state_known"))
    logged_by: Mapped[uuid.UUID | None]
    """The member who filled the form in; None when the organisation typed a paper slip."""
    logged_at: Mapped[datetime.datetime]


class ExchangeOnBehalf(Base):
    """Somebody filled the form in for one of the two, and both may know who (policy row V9)."""

    __tablename__ = "exchange_on_behalf"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "exchange_id"),
        ForeignKeyConstraint(
            ["timebank_id", "exchange_id"], ["exchange.timebank_id", "exchange.id"]
        ),
        ForeignKeyConstraint(["timebank_id", "acting_for_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "entered_by_id"], ["member.timebank_id", "member.id"]),
        CheckConstraint("entered_by_id <> acting_for_id", name="two_people"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    exchange_id: Mapped[uuid.UUID]
    acting_for_id: Mapped[uuid.UUID]
    entered_by_id: Mapped[uuid.UUID]


class ExchangeEvent(Base):
    """One line of the history of an exchange: who did what, when. Only added to."""

    __tablename__ = "exchange_event"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(
            ["timebank_id", "exchange_id"], ["exchange.timebank_id", "exchange.id"]
        ),
        Index(None, "timebank_id", "exchange_id"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    exchange_id: Mapped[uuid.UUID]
    action: Mapped[Action] = mapped_column(value_enum(Action, "action_known"))
    reason: Mapped[RejectionReason | None] = mapped_column(
        value_enum(RejectionReason, "reason_known")
    )
    actor_id: Mapped[uuid.UUID | None]
    happened_at: Mapped[datetime.datetime]


class NoteKind(enum.StrEnum):
    """Whose words these are."""

    NOTE = "note"
    REASON = "reason"


class ExchangeNote(Base):
    """Free words beside an exchange, apart from the facts so that they can be erased."""

    __tablename__ = "exchange_note"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "exchange_id", "kind"),
        ForeignKeyConstraint(
            ["timebank_id", "exchange_id"], ["exchange.timebank_id", "exchange.id"]
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    exchange_id: Mapped[uuid.UUID]
    kind: Mapped[NoteKind] = mapped_column(value_enum(NoteKind, "kind_known"))
    words: Mapped[str] = mapped_column(Text)
