# SPDX-License-Identifier: EUPL-1.2
"""Somebody whose every field sings, and who did and underwent everything there is."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from tests import builders
from timebank.access.operations import Asking, Letter, ask_to_sign_in, issue_code
from timebank.appointments.operations import make_appointment, move_appointment
from timebank.appointments.wishes import MakeAppointment, MoveAppointment
from timebank.approvals.operations import Rejection, reject_exchange
from timebank.approvals.policy import Decision, DecisionKind
from timebank.areas.models import Timebank
from timebank.asking.operations import answer_question, ask_about
from timebank.boundaries.operations import AllowOverride, allow_override
from timebank.checks.operations import keep_check
from timebank.checks.policy import Qualification
from timebank.concerns.operations import RaiseConcern, close_concern, raise_concern
from timebank.concerns.policy import Outcome
from timebank.corrections.operations import ask_email_change, pause
from timebank.desk.operations import hold_decision
from timebank.disputes.operations import Complaint, raise_dispute
from timebank.disputes.policy import DisputeReason
from timebank.drafts.operations import save_draft
from timebank.exchanges.workflow import RejectionReason
from timebank.imports.models import ImportFile
from timebank.imports.operations import keep_file
from timebank.introductions.operations import agree
from timebank.introductions.queries import offer_for
from timebank.invitations.operations import rest
from timebank.joining.operations import apply_to_join
from timebank.members.models import Member, Person
from timebank.members.operations import EnrolMember, GiveRole, give_role
from timebank.members.policy import Actor, Role
from timebank.needs.operations import Asked, ask_need, end_need, sort_need
from timebank.needs.workflow import NeedState
from timebank.notes.operations import read_notes, write_note
from timebank.notes.policy import MemberNoteKind
from timebank.preferences.operations import avoid, keep_preferences
from timebank.preferences.policy import Preferences
from timebank.referrals.operations import ask_referral, hand_over, keep_outcome
from timebank.referrals.policy import ReferralOutcome
from timebank.staffing.operations import WriteTime, write_time
from timebank.suggestions.operations import Found, remember, say_yes
from timebank.suggestions.workflow import Invitation
from timebank.support.operations import KeepSupport, keep_support
from timebank.support.policy import Support
from timebank.talents.operations import keep_talents, note_talents
from timebank.thanks.operations import write_thanks
from timebank.trust.operations import appoint_stand_in, give_consent

CANARY = "zqcanary"
NOW = builders.NOW


def let_a_canary_live(session: Session) -> uuid.UUID:
    """Enrol somebody whose every field sings, and let them do and undergo everything there is."""
    timebank = builders.timebank_of(session)
    member = builders.a_member(session, timebank, CANARY.title(), f"{CANARY} of the Wood")
    starts = {"starts_on": builders.FOUNDED_ON, "now": builders.FOUNDED_AT}
    builders.grant_role(
        session,
        member,
        Role.COORDINATOR,
        neighbourhood_code=builders.ZIJLWIJK,
        **starts,  # type: ignore[arg-type]
    )
    session.flush()
    canary, nadia, bart, jan = (
        builders.actor_of(session, name) for name in (CANARY.title(), "Nadia", "Bart", "Jan")
    )
    builders.approved(session, CANARY.title(), "Jan", note=f"{CANARY} carried bags")
    builders.logged(session, CANARY.title(), "Jan", note=f"{CANARY} waits")
    say_things(session)
    builders.logged(session, "Jan", CANARY.title(), by="Jan")
    rejected = builders.logged(session, "Greet", "Fatima")
    words = Rejection(RejectionReason.OTHER, f"{CANARY} does not think so")
    reject_exchange(session, rejected, words, by=canary, now=NOW)
    _let_it_ask_and_hold(session, canary)
    typed = {"other": "", "other_text": canary.full_name, "note": f"{CANARY} forgot"}
    save_draft(session, by=canary, form_key=uuid.uuid4(), answers=typed, now=NOW)
    theirs = typed | {"note": ""}
    save_draft(session, by=jan, form_key=uuid.uuid4(), answers=theirs, now=NOW)

    def letter(_language: str, token: str) -> tuple[str, str]:
        return f"{CANARY} subject", f"Dear {CANARY}, {token}"

    def mailed(_language: str, link: str, _digits: str) -> Letter:
        return Letter(f"{CANARY} subject", f"Dear {CANARY}, {link}")

    ask_to_sign_in(
        session,
        Asking(timebank.id, f"{CANARY}@example.org", "browser", CANARY, mailed, mailed),
        now=NOW,
    )
    issue_code(session, timebank_id=timebank.id, member_id=member.id, by=bart, now=NOW)
    builders.a_key(session, member)
    let_it_be_trusted(session, timebank, member)
    let_it_need_a_professional(session, member.id)
    let_it_agree(session, canary, jan)
    let_it_wish(session, member.id)
    ask_email_change(
        session,
        f"{CANARY}-new@example.org",
        letters=lambda language, token: (letter(language, token), letter(language, token)),
        by=canary,
        now=NOW,
    )
    for kind in MemberNoteKind:
        write_note(session, about=member.id, kind=kind, words=f"{CANARY} sings", by=nadia, now=NOW)
    read_notes(session, about=member.id, reason=f"{CANARY} asked for it", by=bart, now=NOW)
    keep_file(session, a_file_with(f"{CANARY};1".encode(), canary), by=canary)
    keep_file(session, a_file_with(f"{CANARY};1".encode(), nadia), by=nadia)
    pause(session, until=None, by=canary, now=NOW)
    session.commit()
    return member.id


def a_file_with(content: bytes, by: Actor) -> ImportFile:
    """Return a file that somebody brings, and that names the canary."""
    assert by.member_id is not None
    return ImportFile(
        timebank_id=by.timebank_id,
        id=uuid.uuid4(),
        brought_by=by.member_id,
        brought_at=NOW,
        layout="slips",
        category_code="",
        approve=False,
        whole=False,
        content=content,
        people=content,
    )


def say_things(session: Session) -> None:
    """Let the canary object to something, and thank for it."""
    canary = builders.actor_of(session, CANARY.title())
    helped = builders.approved(session, "Jan", CANARY.title())
    # As much back, so that what is left over stays what the first help left.
    builders.approved(session, CANARY.title(), "Jan")
    complaint = Complaint(DisputeReason.OTHER, f"{CANARY} objects")
    raise_dispute(session, helped, complaint, by=canary, now=NOW)
    write_thanks(session, helped, f"{CANARY} thanks", by=canary, now=NOW)


def let_it_be_trusted(session: Session, timebank: Timebank, member: Member) -> None:
    """Let the canary apply, have a telephone, stand in, consent, be supported and be called."""
    canary, jan, bart = (
        builders.actor_of(session, name) for name in (CANARY.title(), "Jan", "Bart")
    )
    assert jan.member_id is not None
    person = session.get_one(Person, (timebank.id, member.id))
    person.phone, person.birth_year = f"{CANARY} 06", 1950
    timebank.takes_applications = True
    session.flush()
    command = EnrolMember(
        timebank.id,
        CANARY.title(),
        f"{CANARY} of the Wood",
        builders.SLAAGHWIJK,
        email=f"{CANARY}@example.org",
        phone=f"{CANARY} 06",
        birth_year=1950,
    )
    apply_to_join(session, command, place="here", now=NOW)
    for one, other in ((member.id, jan.member_id), (jan.member_id, member.id)):
        by = canary if one == member.id else jan
        appoint_stand_in(session, member_id=one, stand_in_id=other, by=by, now=NOW)
    greet = builders.member_of(session, "Greet")
    give_role(session, GiveRole(greet.id, Role.PROFESSIONAL, None, None), by=bart, now=NOW)
    give_consent(session, professional_id=greet.id, by=canary, now=NOW)
    support = KeepSupport(member.id, Support.SOME, jan.member_id, None)
    keep_support(session, support, by=bart, now=NOW)


def let_it_agree(session: Session, canary: Actor, jan: Actor) -> None:
    """Let the canary agree with somebody on today, and somebody with the canary, and be moved."""
    for by, other in ((canary, jan), (jan, canary)):
        assert by.member_id is not None
        assert other.member_id is not None
        command = MakeAppointment(
            uuid.uuid4(),
            by.member_id,
            other.member_id,
            "groceries",
            builders.TODAY,
            place=f"At {CANARY}",
            tasks=f"{CANARY} walks along",
        )
        make_appointment(session, command, by=by, now=NOW)
    again = MoveAppointment(uuid.uuid4(), builders.TODAY)
    move_appointment(session, command.key, again, by=canary, now=NOW)


def let_it_need_a_professional(session: Session, member_id: uuid.UUID) -> None:
    """Let the canary be checked and referred, be worried and worry others, and be an exception."""
    canary, jan, nadia, bart = (
        builders.actor_of(session, name) for name in (CANARY.title(), "Jan", "Nadia", "Bart")
    )
    assert jan.member_id is not None
    keep_check(session, member_id, Qualification.TALK, builders.TODAY, by=nadia, now=NOW)
    reason = f"{CANARY} has no other"
    command = AllowOverride(uuid.uuid4(), jan.member_id, member_id, "household_help", reason)
    allow_override(session, command, by=bart, now=NOW)
    exchange_id = builders.logged(session, "Jan", CANARY.title())
    for by, at in ((canary, None), (jan, exchange_id)):
        worry = RaiseConcern(uuid.uuid4(), at, f"{CANARY} is not well", about_staff=True)
        concern_id = raise_concern(session, worry, by=by, now=NOW)
        close_concern(session, concern_id, Outcome.TALKED, by=bart, now=NOW)
    referral_id = uuid.uuid4()
    ask_referral(session, referral_id, about=member_id, by=canary, now=NOW)
    hand_over(session, referral_id, partner="gp", consent=True, by=nadia, now=NOW)
    keep_outcome(session, referral_id, ReferralOutcome.HELPED, by=nadia, now=NOW)


def let_it_wish(session: Session, member_id: uuid.UUID) -> None:
    """Let the canary say what it likes, looks for and avoids, and be spoken to and avoided."""
    canary, jan, nadia = (
        builders.actor_of(session, name) for name in (CANARY.title(), "Jan", "Nadia")
    )
    assert jan.member_id is not None
    words = f"{CANARY} likes to sing"
    keep_talents(session, ["coffee"], words, offered={"coffee"}, by=canary, now=NOW)
    heard = ["groceries"]
    note_talents(session, member_id, heard, offered=heard, said_yes=False, by=nadia, now=NOW)
    need_id = uuid.uuid4()
    asked = Asked(f"{CANARY} looks for a nest", "odd_job_garden", 60)
    ask_need(session, need_id, asked, about=member_id, by=nadia, now=NOW)
    deeper = f"{CANARY} wants company"
    sort_need(session, need_id, category_code="company", deeper_words=deeper, by=nadia, now=NOW)
    end_need(session, need_id, NeedState.FILLED, by=canary, now=NOW)
    let_it_be_suggested(session, canary, jan)
    muted = Preferences(muted=frozenset({"groceries"}))
    keep_preferences(session, muted, by=canary, now=NOW)
    avoid(session, jan.member_id, by=canary, now=NOW)
    avoid(session, member_id, by=jan, now=NOW)


def let_it_be_suggested(session: Session, canary: Actor, jan: Actor) -> None:
    """Let the canary say yes to somebody who says yes too, somebody to it, and rest from both."""
    for giver, owner in ((canary, jan), (jan, canary)):
        assert giver.member_id is not None
        assert owner.member_id is not None
        need_id = uuid.uuid4()
        asked = Asked("Who drinks coffee with me?", "coffee", 60)
        ask_need(session, need_id, asked, about=owner.member_id, by=owner, now=NOW)
        found = Found(need_id, 30, [{"code": "listed", "points": 30}])
        remember(session, found, giver_id=giver.member_id, by=giver, now=NOW)
        say_yes(session, need_id, giver_id=giver.member_id, by=giver, now=NOW)
        possible = list(offer_for(session, need_id, by=owner, now=NOW).moments)
        agree(session, need_id, possible[0], possible=possible, by=owner, now=NOW)
    rest(session, Invitation.GIVE, refused=True, by=canary, now=NOW)


def _let_it_ask_and_hold(session: Session, canary: Actor) -> None:
    """Let it ask and be asked at the desk, hold a decision with its words, write hours of staff."""
    asked, held = (builders.logged(session, "Greet", "Fatima") for _ in range(2))
    ask_about(session, asked, f"{CANARY} asks", key=uuid.uuid4(), by=canary, now=NOW)
    answer_question(
        session, asked, f"{CANARY} hears", by=builders.actor_of(session, "Greet"), now=NOW
    )
    back = Decision(DecisionKind.RETURN, None, f"{CANARY} gives back")
    hold_decision(session, held, back, batch_id=uuid.uuid4(), by=canary, now=NOW, until=NOW)
    hours = WriteTime(uuid.uuid4(), builders.ZIJLWIJK, builders.TODAY, 60)
    write_time(session, hours, by=canary, now=NOW)
