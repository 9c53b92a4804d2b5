# SPDX-License-Identifier: EUPL-1.2
"""Which account is the community pot of a timebank."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base

POT_CODE = "POT"
"""What stands where a neighbourhood would: entries under it count in no neighbourhood's figures."""


class CommunityAccount(Base):
    """The account of the timebank itself: it takes over what members leave behind."""

    __tablename__ = "community_account"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id"),
        ForeignKeyConstraint(
            ["timebank_id", "account_id"], ["ledger_account.timebank_id", "ledger_account.id"]
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    account_id: Mapped[int] = mapped_column(BigInteger)
