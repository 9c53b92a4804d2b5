# SPDX-License-Identifier: EUPL-1.2
"""The base of every mapped class, and the column types both databases must agree on.

What lives here: the declarative base with its constraint names, and the UTC time type.
What does not: tables. They live in ``ledger.models`` and in the rooms of the application.
"""

from __future__ import annotations

import datetime
import enum
import uuid
from typing import Any

from sqlalchemy import BigInteger, Date, DateTime, Enum, MetaData, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class NaiveDateTime(ValueError):
    """A moment without a time zone was about to be stored; it could mean two different moments."""

    def __init__(self, value: datetime.datetime) -> None:
        self.value = value
        super().__init__("a moment needs a time zone")


class UtcDateTime(TypeDecorator[datetime.datetime]):
    """A moment in UTC: refuses naive values, and gives aware ones back on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime.datetime | None, dialect: Dialect
    ) -> datetime.datetime | None:
        """Turn any aware moment into UTC.

        Raises:
            NaiveDateTime: the value has no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveDateTime(value)
        return value.astimezone(datetime.UTC)

    def process_result_value(
        self, value: datetime.datetime | None, dialect: Dialect
    ) -> datetime.datetime | None:
        """Give SQLite's naive value its zone back; PostgreSQL's may carry the session's zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=datetime.UTC)
        return value.astimezone(datetime.UTC)


def value_enum(kind: type[enum.StrEnum], name: str, *, constrained: bool = True) -> Enum:
    """Build the column type of a ``StrEnum``: stored by value, checked by the database by name.

    Args:
        kind: the enumeration.
        name: the name of the CHECK constraint, without the prefix of the convention.
        constrained: whether the column gets that constraint.
    """
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=constrained,
        validate_strings=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """The parent of every mapped class, in the ledger and in the rooms above it.

    Flask-SQLAlchemy is given this class; nothing may subclass ``db.Model``, because mypy cannot
    see it and the ledger may not know Flask (docs/adr/0004).
    """

    registry = registry(
        metadata=MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={
            datetime.datetime: UtcDateTime(),
            datetime.date: Date(),
            uuid.UUID: Uuid(),
            int: BigInteger(),
        },
    )

    def __repr__(self) -> str:
        """Show the class and its identity only: a name or a note must not reach a log."""
        state: Any = self.__dict__
        return f"<{type(self).__name__} {state.get('timebank_id')}/{state.get('id')}>"
