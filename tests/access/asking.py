# SPDX-License-Identifier: EUPL-1.2
"""Asking to sign in, as tests do it: the letter is the language, the link and the digits."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, timebank_of
from timebank.access.operations import Asking, Letter, ask_to_sign_in, redeem_digits, redeem_link
from timebank.notices.models import Mail

HERE = "the browser that asked"


@dataclasses.dataclass(frozen=True)
class Mailed:
    """What somebody reads in their mail."""

    to: str
    kind: str
    language: str
    link: str
    digits: str


def ask(
    session: Session,
    email: str = "jan@example.org",
    *,
    now: datetime.datetime = NOW,
    browser: str = HERE,
    place: str = "192.0.2.1",
) -> Mailed:
    """Ask, and return the mail that was queued."""
    before = set(session.scalars(select(Mail.id)))
    asking = Asking(
        timebank_id=timebank_of(session).id,
        email=email,
        browser=browser,
        place=place,
        known=lambda *parts: Letter("code", " ".join(("known", *parts))),
        unknown=lambda *parts: Letter("code", " ".join(("unknown", *parts))),
    )
    ask_to_sign_in(session, asking, now=now)
    (mail,) = session.scalars(select(Mail).where(Mail.id.not_in(before))).all()
    return Mailed(mail.to_address, *mail.body.split(" "))


def by_link(
    session: Session, mailed: Mailed, *, now: datetime.datetime = NOW, browser: str = HERE
) -> uuid.UUID:
    bank = timebank_of(session).id
    return redeem_link(session, timebank_id=bank, link=mailed.link, browser=browser, now=now)


def by_digits(
    session: Session, digits: str, *, now: datetime.datetime = NOW, browser: str = HERE
) -> uuid.UUID:
    bank = timebank_of(session).id
    return redeem_digits(session, timebank_id=bank, digits=digits, browser=browser, now=now)


def other_than(digits: str) -> str:
    """Return six digits that are not these."""
    return f"{(int(digits) + 1) % 10**6:06d}"
