# SPDX-License-Identifier: EUPL-1.2
"""What opens a door: requests to sign in, and printed codes.

Only digests of secrets are stored, so that a stolen table opens nothing.
"""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class SignInRequest(Base):
    """Somebody asked to sign in: a link and a code of six digits went to the address.

    An address that nobody has gets a request too, without a member, so that both take as long.
    """

    __tablename__ = "sign_in_request"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "link_digest"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        Index(None, "timebank_id", "browser_digest"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    link_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    browser_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """Of a secret that only the browser has which asked; elsewhere the link opens nothing."""
    code_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """Of the six digits together with the secret of the browser."""
    member_id: Mapped[uuid.UUID | None]
    expires_at: Mapped[datetime.datetime]
    """The first moment at which it works no more."""
    used_at: Mapped[datetime.datetime | None]
    tries: Mapped[int] = mapped_column(Integer, default=0)
    """How often a code was typed for it."""


class PrintedCode(Base):
    """A code on a letter, for who has no e-mail; it works once, before ``expires_at``."""

    __tablename__ = "printed_code"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "digest"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        Index(None, "timebank_id", "member_id"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    member_id: Mapped[uuid.UUID]
    issued_at: Mapped[datetime.datetime]
    expires_at: Mapped[datetime.datetime]
    used_at: Mapped[datetime.datetime | None]
