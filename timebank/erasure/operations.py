# SPDX-License-Identifier: EUPL-1.2
"""Writing erasure: a person goes, the member stays without a name, the books keep balancing.

Everything happens in one transaction of the caller; the list of erasures is written after its
commit (docs/adr/0023). Done twice, the second time finds nobody.
"""

from __future__ import annotations

import dataclasses
import datetime
import os
import pathlib
import uuid
from collections.abc import Collection

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.access.operations import revoke_everything
from timebank.appointments.leaving import Tell, leave_appointments
from timebank.audit.models import AuditEvent
from timebank.audit.operations import write_down_by
from timebank.corrections.models import EmailChange
from timebank.desk.models import HeldDecision
from timebank.desk.operations import carry_out_held
from timebank.disputes.operations import close_taken_back
from timebank.drafts.models import ExchangeDraft
from timebank.erasure.errors import NobodyToErase
from timebank.erasure.policy import digest_of, line_of
from timebank.exchanges.errors import AlreadyDecided
from timebank.exchanges.models import Exchange, ExchangeEvent, ExchangeNote, NoteKind
from timebank.exchanges.operations import record_move, resolution_of
from timebank.exchanges.workflow import PENDING, Action, ExchangeState
from timebank.imports.models import ImportFile
from timebank.introductions.leaving import leave_suggestions
from timebank.joining.models import Application
from timebank.members.models import Member, Person, RoleGrant
from timebank.members.operations import check_not_last_administrator, folded
from timebank.members.policy import Actor, Permission
from timebank.notices.models import Mail
from timebank.personal.operations import delete_rows_about
from timebank.pot.models import POT_CODE
from timebank.pot.operations import pot_account

_CLOSING = uuid.UUID("1f0e7a2c-9d54-5c1b-8a36-2f6f0b9f7d10")
"""Namespace of the ids of closing transfers: one for each member, so that it happens once."""


def erase_member(
    session: Session,
    member_id: uuid.UUID,
    *,
    by: Actor,
    now: datetime.datetime,
    tell: Tell | None = None,
) -> str:
    """Erase a person from everything but the books, and return their line for the list of erasures.

    What waits is voided, the balance goes to or comes from the community pot, the account closes.
    With whom an appointment stood hears that it is called off.

    Raises:
        NotPermitted: the actor is neither the member nor an administrator.
        NobodyToErase: no such member, or erased before.
        LastAdministrator: nobody would be left who can give roles.
    """
    if by.member_id != member_id or by.member_id is None:
        by.require(Permission.ERASE_MEMBERS)
    # Who is erased again after a restore was let go before: the organisation is not held up.
    if by.member_id is not None:
        check_not_last_administrator(
            session, timebank_id=by.timebank_id, member_id=member_id, today=clock.day_of(now)
        )
    member, person = _locked(session, by.timebank_id, member_id)
    # Written before the rows go: the actor may be who is erased.
    write_down_by(session, "member:erase", by, about=member_id, now=now)
    _void_waiting(session, member_id, by=by, now=now)
    leave_appointments(session, timebank_id=by.timebank_id, member_id=member_id, now=now, tell=tell)
    leave_suggestions(session, timebank_id=by.timebank_id, member_id=member_id, now=now)
    if member.account_id is not None:
        _close_account(session, member_id, member.account_id, by=by, now=now)
    _delete_own_words(session, by.timebank_id, member_id)
    _delete_mail(session, by.timebank_id, member_id, person.email)
    _delete_drafts_naming(session, by.timebank_id, member_id, person)
    _delete_applications(session, by.timebank_id, person)
    _delete_files(session, by.timebank_id)
    revoke_everything(session, timebank_id=by.timebank_id, member_id=member_id, now=now)
    delete_rows_about(session, timebank_id=by.timebank_id, member_id=member_id)
    _leave(session, by.timebank_id, member_id, clock.day_of(now))
    session.expire_all()
    return digest_of(by.timebank_id, member_id)


def add_to_list(path: pathlib.Path, digests: Collection[str], *, day: datetime.date) -> None:
    """Write lines on the list of erasures and wait until they are on the disk.

    Call it after the commit: a line for an erasure that was rolled back would erase somebody later.
    """
    if not digests:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        file.write("".join(line_of(digest, day=day) + "\n" for digest in digests))
        file.flush()
        os.fsync(file.fileno())


@dataclasses.dataclass(frozen=True)
class _Named:
    """What is looked for among the words of others."""

    email: str | None
    full_name: str


def _locked(session: Session, timebank_id: int, member_id: uuid.UUID) -> tuple[Member, _Named]:
    member = session.scalars(
        select(Member)
        .where(Member.timebank_id == timebank_id, Member.id == member_id)
        .with_for_update()
    ).first()
    person = session.get(Person, (timebank_id, member_id), populate_existing=True)
    if member is None or person is None:
        raise NobodyToErase
    return member, _Named(person.email, person.full_name)


def _void_waiting(
    session: Session, member_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> None:
    """Take back what waits for a decision; the other one can read in the audit why."""
    leaving = dataclasses.replace(by, member_id=member_id)
    waiting = session.scalars(
        select(Exchange)
        .where(
            Exchange.timebank_id == by.timebank_id,
            Exchange.state.in_(PENDING),
            or_(Exchange.helper_id == member_id, Exchange.helped_id == member_id),
        )
        .order_by(Exchange.id)
    ).all()
    for exchange in waiting:
        if exchange.state is ExchangeState.HELD:
            carry_out_held(session, exchange.id, timebank_id=by.timebank_id, now=now, early=True)
            continue
        try:
            record_move(session, exchange, Action.WITHDRAW, by=leaving, now=now)
        except AlreadyDecided:
            # A rival was first and is done: the books hold it, and the closing reads them anew.
            continue
        close_taken_back(session, exchange, now)
        ledger.void(session, resolution_of(exchange, by=by), now=now)
        is_helper = exchange.helper_id == member_id
        other = exchange.helped_id if is_helper else exchange.helper_id
        write_down_by(session, "exchange:void", by, about=other, subject=exchange.id, now=now)


def _close_account(
    session: Session,
    member_id: uuid.UUID,
    account_id: int,
    *,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Bring the account to zero against the community pot and close it.

    The closing entry is stamped with the code of the pot: what a leaver leaves behind is no help
    that a neighbourhood gave or received.
    """
    here = {"timebank_id": by.timebank_id, "account_id": account_id}
    ledger.move_account(session, **here, neighbourhood_code=POT_CODE)
    minutes = ledger.balance_of(session, **here).posted_minutes
    if minutes:
        pot = pot_account(session, timebank_id=by.timebank_id, now=now)
        gave_more = minutes > 0
        order = ledger.Order(
            timebank_id=by.timebank_id,
            transfer_id=uuid.uuid5(_CLOSING, f"{by.timebank_id}:{member_id}"),
            debit_account_id=account_id if gave_more else pot,
            credit_account_id=pot if gave_more else account_id,
            minutes=abs(minutes),
            effective_on=clock.day_of(now),
            recorded_by=by.member_id,
        )
        ledger.post(session, order, now=now)
    ledger.close_account(session, **here, now=now)


def _delete_own_words(session: Session, timebank_id: int, member_id: uuid.UUID) -> None:
    """Delete the notes that the member wrote, and those of paper slips that are about them.

    Nobody can tell any more which of the two wrote on a paper slip.
    """
    took_part = or_(Exchange.helper_id == member_id, Exchange.helped_id == member_id)
    logged = select(Exchange.id).where(
        Exchange.timebank_id == timebank_id,
        or_(Exchange.logged_by == member_id, and_(Exchange.logged_by.is_(None), took_part)),
    )
    rejected = select(ExchangeEvent.exchange_id).where(
        ExchangeEvent.timebank_id == timebank_id,
        ExchangeEvent.actor_id == member_id,
        ExchangeEvent.action.in_((Action.REJECT, Action.RETURN)),
    )
    session.execute(
        update(HeldDecision)
        .where(HeldDecision.timebank_id == timebank_id, HeldDecision.decided_by == member_id)
        .values(words=""),
        execution_options={"synchronize_session": False},
    )
    for kind, theirs in ((NoteKind.NOTE, logged), (NoteKind.REASON, rejected)):
        session.execute(
            delete(ExchangeNote).where(
                ExchangeNote.timebank_id == timebank_id,
                ExchangeNote.kind == kind,
                ExchangeNote.exchange_id.in_(theirs),
            ),
            execution_options={"synchronize_session": False},
        )


def _delete_mail(
    session: Session, timebank_id: int, member_id: uuid.UUID, email: str | None
) -> None:
    """Delete the mails to the member, to an address before or not confirmed yet too."""
    waiting = select(EmailChange.new_address).where(
        EmailChange.timebank_id == timebank_id, EmailChange.member_id == member_id
    )
    others = select(Person.email).where(
        Person.timebank_id == timebank_id,
        Person.member_id != member_id,
        Person.email.is_not(None),
    )
    earlier = _addresses_of_changes(timebank_id, member_id)
    session.execute(
        delete(Mail).where(
            Mail.timebank_id == timebank_id,
            or_(
                Mail.to_address == (email or ""),
                and_(
                    or_(Mail.to_address.in_(waiting), Mail.to_address.in_(earlier)),
                    Mail.to_address.not_in(others),
                ),
            ),
        ),
        execution_options={"synchronize_session": False},
    )


def _addresses_of_changes(timebank_id: int, member_id: uuid.UUID) -> Select[str]:
    """Return the addresses that were mailed at the moments when the member asked for another one.

    No table keeps an earlier address; the notice that went there bears the moment of the audit.
    """
    asked = select(AuditEvent.happened_at).where(
        AuditEvent.timebank_id == timebank_id,
        AuditEvent.about_member_id == member_id,
        AuditEvent.action == "member:ask_address",
    )
    return select(Mail.to_address).where(Mail.timebank_id == timebank_id, Mail.queued_at.in_(asked))


def _delete_drafts_naming(
    session: Session, timebank_id: int, member_id: uuid.UUID, person: _Named
) -> None:
    """Delete the unfinished forms of others with or for the member: they can never be sent."""
    name = " ".join(folded(person.full_name).split())
    drafts = session.execute(
        select(ExchangeDraft.form_key, ExchangeDraft.answers).where(
            ExchangeDraft.timebank_id == timebank_id
        )
    ).all()
    naming = [
        key
        for key, answers in drafts
        if str(member_id) in (answers.get("other"), answers.get("acting_for"))
        or " ".join(folded(answers.get("other_text", "")).split()) == name
    ]
    session.execute(
        delete(ExchangeDraft).where(
            ExchangeDraft.timebank_id == timebank_id, ExchangeDraft.form_key.in_(naming)
        ),
        execution_options={"synchronize_session": False},
    )


def _delete_applications(session: Session, timebank_id: int, person: _Named) -> None:
    """Delete what the same person applied with: by the same address, or under the same name."""
    name = folded(person.full_name)
    session.execute(
        delete(Application).where(
            Application.timebank_id == timebank_id,
            or_(Application.email == (person.email or ""), Application.search_name == name),
        ),
        execution_options={"synchronize_session": False},
    )


def _delete_files(session: Session, timebank_id: int) -> None:
    """Delete every file that waits to be booked: any may name the member, and can be brought again.

    Files that were booked hold nothing any more.
    """
    waiting = and_(ImportFile.timebank_id == timebank_id, ImportFile.booked_at.is_(None))
    session.execute(delete(ImportFile).where(waiting))


def _leave(session: Session, timebank_id: int, member_id: uuid.UUID, today: datetime.date) -> None:
    """Let the roles count for the last time today and write down the day of leaving."""
    session.execute(
        update(RoleGrant)
        .where(
            RoleGrant.timebank_id == timebank_id,
            RoleGrant.member_id == member_id,
            RoleGrant.starts_on <= today,
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on > today),
        )
        .values(ends_on=today),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(Member)
        .where(Member.timebank_id == timebank_id, Member.id == member_id)
        .values(left_on=today),
        execution_options={"synchronize_session": False},
    )
