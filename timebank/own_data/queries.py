# SPDX-License-Identifier: EUPL-1.2
"""Reading everything about one member, section by section. Nothing here writes.

The sections are those of the register (``timebank.personal.policy``); a test holds them together.
Of others a member finds what the member's own pages show already: names, never addresses, no notes
about them, nothing they wrote elsewhere.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

import ledger
from timebank.activities.queries import activities_for_oneself
from timebank.agreements.queries import agreement_for_oneself
from timebank.appointments.queries import appointments_for_oneself
from timebank.areas.models import Neighbourhood
from timebank.asking.queries import questions_for_oneself
from timebank.boundaries.queries import overrides_for_oneself
from timebank.calls.queries import calls_for_oneself
from timebank.checks.queries import checks_for_oneself
from timebank.corrections.models import EmailChange
from timebank.desk.queries import held_for_oneself
from timebank.disputes.queries import disputes_for_oneself
from timebank.drafts.models import ExchangeDraft
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import (
    as_exchange_row,
    exchange_rows,
    histories_of_member,
    reasons_given_to,
)
from timebank.factors.queries import ways_in_for_oneself
from timebank.imports.queries import files_for_oneself
from timebank.invitations.queries import suggestions_for_oneself
from timebank.letters.queries import letters_for_oneself
from timebank.members.errors import NotPermitted
from timebank.members.models import Member, MemberPause, Person, RoleGrant
from timebank.members.policy import Actor, Permission
from timebank.needs.queries import needs_for_oneself
from timebank.notes.queries import notes_for_oneself
from timebank.notices.models import Mail
from timebank.own_data.looking import looked_at
from timebank.paper.queries import number_for_oneself, slips_for_oneself
from timebank.preferences.queries import preferences_for_oneself
from timebank.referrals.queries import referrals_for_oneself
from timebank.reminders.queries import reminders_for_oneself
from timebank.staffing.queries import staff_time_for_oneself
from timebank.statements.queries import lines_told
from timebank.support.queries import support_for_oneself
from timebank.talents.queries import talents_for_oneself
from timebank.thanks.queries import thanks_for_oneself
from timebank.trust.queries import trust_for_oneself

Item = dict[str, Any]
"""One thing that is kept, as plain values under English names."""
LINES_A_PAGE = 200


@dataclasses.dataclass(frozen=True)
class Own:
    """Whose data, and the session to read it in."""

    session: Session
    by: Actor
    member_id: uuid.UUID


def own_data(session: Session, *, by: Actor) -> dict[str, list[Item]]:
    """Return everything that is kept about the actor, by section of the register.

    Raises:
        NotPermitted: the actor is no member.
    """
    by.require(Permission.MANAGE_OWN_DATA)
    if by.member_id is None:
        raise NotPermitted(Permission.MANAGE_OWN_DATA)
    own = Own(session, by, by.member_id)
    return {section: read(own) for section, read in SECTIONS.items()}


def _person(own: Own) -> list[Item]:
    person = own.session.get_one(Person, (own.by.timebank_id, own.member_id))
    change = own.session.execute(
        select(EmailChange.new_address).where(
            EmailChange.timebank_id == own.by.timebank_id, EmailChange.member_id == own.member_id
        )
    ).first()
    return [
        {
            "given_name": person.given_name,
            "family_name": person.family_name,
            "searched_as": f"{person.search_given} {person.search_family}",
            "email": person.email,
            "phone": person.phone,
            "birth_year": person.birth_year,
            "email_to_confirm": change.new_address if change else None,
            "language": person.language,
        }
    ]


def _membership(own: Own) -> list[Item]:
    member, neighbourhood = own.session.execute(
        select(Member, Neighbourhood.name)
        .outerjoin(
            Neighbourhood,
            and_(
                Neighbourhood.timebank_id == Member.timebank_id,
                Neighbourhood.code == Member.neighbourhood_code,
            ),
        )
        .where(Member.timebank_id == own.by.timebank_id, Member.id == own.member_id)
    ).one()
    pause = own.session.get(MemberPause, (own.by.timebank_id, own.member_id))
    return [
        {
            "member_number": member.id,
            "account_number": member.account_id,
            "number_on_paper": number_for_oneself(own.session, by=own.by),
            "neighbourhood": neighbourhood,
            "joined_on": member.joined_on,
            "left_on": member.left_on,
            "pause_since": pause.since if pause else None,
            "pause_until": pause.until if pause else None,
            "roles": _roles(own),
        }
    ]


def _roles(own: Own) -> list[Item]:
    rows = own.session.execute(
        select(RoleGrant, Neighbourhood.name)
        .outerjoin(
            Neighbourhood,
            and_(
                Neighbourhood.timebank_id == RoleGrant.timebank_id,
                Neighbourhood.code == RoleGrant.neighbourhood_code,
            ),
        )
        .where(RoleGrant.timebank_id == own.by.timebank_id, RoleGrant.member_id == own.member_id)
        .order_by(RoleGrant.starts_on, RoleGrant.id)
    )
    return [
        {
            "role": grant.role,
            "neighbourhood": name,
            "starts_on": grant.starts_on,
            "ends_on": grant.ends_on,
        }
        for grant, name in rows
    ]


def _exchanges(own: Own) -> list[Item]:
    """Return the exchanges somebody took part in, newest first, with their history and words."""
    rows = own.session.execute(
        exchange_rows(
            Exchange.timebank_id == own.by.timebank_id,
            or_(Exchange.helper_id == own.member_id, Exchange.helped_id == own.member_id),
        ).order_by(Exchange.logged_at.desc(), Exchange.id.desc())
    )
    exchanges = [as_exchange_row(row) for row in rows]
    session, timebank_id = own.session, own.by.timebank_id
    histories = histories_of_member(session, timebank_id=timebank_id, member_id=own.member_id)
    reasons = reasons_given_to(session, timebank_id=timebank_id, member_id=own.member_id)
    slips = slips_for_oneself(session, by=own.by)
    held, agreed = held_for_oneself(session, by=own.by), agreement_for_oneself(session, by=own.by)
    return [
        {
            "exchange": row.exchange_id,
            "helper": row.helper_name,
            "helped": row.helped_name,
            "minutes": row.minutes,
            "category": row.category_code,
            "helped_on": row.helped_on,
            "state": row.state,
            "logged_at": row.logged_at,
            "paper_slip": slips.get(row.exchange_id),
            "logged_by_me": row.logged_by == own.member_id,
            "note": row.note,
            "words_of_the_coordinator": reasons.get(row.exchange_id),
            "confirmed": [],
            "approved_by_itself_at": None,
            **agreed.get(row.exchange_id, {}),
            "not_carried_out_yet": held.get(row.exchange_id),
            "history": [
                {
                    "action": event.action,
                    "reason": event.reason,
                    "by": event.actor_name,
                    "at": event.happened_at,
                }
                for event in histories[row.exchange_id]
            ],
        }
        for row in exchanges
    ]


def _hours(own: Own) -> list[Item]:
    """Return the balance, and every line of the statement, newest first."""
    if own.by.account_id is None:
        return []
    balance = ledger.balance_of(
        own.session, timebank_id=own.by.timebank_id, account_id=own.by.account_id
    )
    return [
        {
            "given_minutes": balance.credited_minutes,
            "received_minutes": balance.debited_minutes,
            "pending_given_minutes": balance.pending_in_minutes,
            "pending_received_minutes": balance.pending_out_minutes,
            "lines": list(_lines(own, own.by.account_id)),
        }
    ]


def _lines(own: Own, account_id: int) -> Iterator[Item]:
    before = None
    while True:
        page = ledger.account_statement(
            own.session,
            timebank_id=own.by.timebank_id,
            account_id=account_id,
            before_seq=before,
            limit=LINES_A_PAGE,
        )
        for line in lines_told(own.session, page, timebank_id=own.by.timebank_id):
            yield {
                "number": line.entry.seq,
                "exchange": line.exchange.exchange_id if line.exchange else None,
                "activity": line.activity.id if line.activity else None,
                "is_correction": line.is_correction,
                "minutes": line.entry.minutes,
                "difference_after_minutes": line.entry.balance_minutes,
                "happened_on": line.entry.effective_on,
                "booked_at": line.entry.recorded_at,
            }
        if len(page) < LINES_A_PAGE:
            return
        before = page[-1].seq


def _notes(own: Own) -> list[Item]:
    return [
        {"words": note.words, "written_by": note.author_name, "written_at": note.written_at}
        for note in notes_for_oneself(own.session, by=own.by)
    ]


def _mails(own: Own) -> list[Item]:
    person = own.session.get_one(Person, (own.by.timebank_id, own.member_id))
    if person.email is None:
        return []
    rows = own.session.execute(
        select(Mail.subject, Mail.body, Mail.to_address, Mail.queued_at, Mail.sent_at)
        .where(Mail.timebank_id == own.by.timebank_id, Mail.to_address == person.email)
        .order_by(Mail.queued_at.desc(), Mail.id.desc())
    )
    return [
        {
            "to": row.to_address,
            "subject": row.subject,
            "words": row.body or None,
            "queued_at": row.queued_at,
            "sent_at": row.sent_at,
        }
        for row in rows
    ]


def _drafts(own: Own) -> list[Item]:
    rows = own.session.execute(
        select(ExchangeDraft.answers, ExchangeDraft.saved_at)
        .where(
            ExchangeDraft.timebank_id == own.by.timebank_id,
            ExchangeDraft.member_id == own.member_id,
        )
        .order_by(ExchangeDraft.saved_at.desc(), ExchangeDraft.form_key)
    )
    return [{"answers": row.answers, "saved_at": row.saved_at} for row in rows]


_NEEDS = (support_for_oneself, checks_for_oneself, referrals_for_oneself, overrides_for_oneself)
_WISHES = (
    talents_for_oneself,
    needs_for_oneself,
    preferences_for_oneself,
    suggestions_for_oneself,
)
SECTIONS: dict[str, Callable[[Own], list[Item]]] = {
    "person": _person,
    "membership": _membership,
    "notes": _notes,
    "looked_at": lambda own: looked_at(own.session, by=own.by),
    "mails": lambda own: (
        _mails(own)
        + letters_for_oneself(own.session, by=own.by)
        + calls_for_oneself(own.session, by=own.by)
    ),
    "drafts": _drafts,
    "files": lambda own: files_for_oneself(own.session, by=own.by),
    "signing_in": lambda own: ways_in_for_oneself(own.session, by=own.by),
    "trust": lambda own: trust_for_oneself(own.session, by=own.by),
    "support": lambda own: [item for read in _NEEDS for item in read(own.session, by=own.by)],
    "appointments": lambda own: (
        appointments_for_oneself(own.session, by=own.by)
        + reminders_for_oneself(own.session, by=own.by)
    ),
    "wishes": lambda own: [item for read in _WISHES for item in read(own.session, by=own.by)],
    "exchanges": _exchanges,
    "questions": lambda own: questions_for_oneself(own.session, by=own.by),
    "disputes": lambda own: disputes_for_oneself(own.session, by=own.by),
    "thanks": lambda own: thanks_for_oneself(own.session, by=own.by),
    "together": lambda own: activities_for_oneself(own.session, by=own.by),
    "staff_time": lambda own: staff_time_for_oneself(own.session, by=own.by),
    "hours": _hours,
}
"""In the order of the page: the long ones last."""
