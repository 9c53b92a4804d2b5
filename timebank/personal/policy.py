# SPDX-License-Identifier: EUPL-1.2
"""The register of what is kept about people: one place, read by all that handle it. Pure.

Every table stands in ``REGISTER`` or in ``NOT_ABOUT_PEOPLE``, every column of a registered table is
``personal`` or ``plain``: a test holds this to the tables, so that nothing new goes unnoticed. The
page with one's own data, erasure, and the job that forgets all follow this list.
"""

from __future__ import annotations

import dataclasses
import enum


class OnErasure(enum.StrEnum):
    """What becomes of a row when the person whom it concerns is erased."""

    DELETED = "deleted"
    """Every row that names the member in one of the columns ``whose`` goes."""
    OWN_WORDS = "own words deleted"
    """Which rows go is a rule of its own, in the room ``erasure``."""
    STAYS = "stays, without a name"
    """It holds numbers only; they lead to nobody once the person is gone."""


@dataclasses.dataclass(frozen=True)
class Kept:
    """What one table keeps about people.

    Attributes:
        personal: columns that say something about a person.
        plain: every other column.
        whose: columns with the id of the member whom a row concerns.
        section: where one finds it among one's own data.
        days: how long, from the moment in ``since``; None: as long as ``why`` says.
        since: a column of the table, or ``exchange_event.happened_at`` for the latest event.
    """

    table: str
    personal: tuple[str, ...]
    plain: tuple[str, ...]
    whose: tuple[str, ...]
    section: str
    on_erasure: OnErasure
    why: str
    days: int | None = None
    since: str | None = None


_KEY = ("timebank_id", "id")
LATEST_EVENT = "exchange_event.happened_at"

REGISTER: tuple[Kept, ...] = (
    Kept(
        "person",
        (
            "given_name",
            "family_name",
            "search_given",
            "search_family",
            "email",
            "language",
            "birth_year",
            "phone",
        ),
        ("timebank_id", "member_id"),
        ("member_id",),
        "person",
        OnErasure.DELETED,
        "As long as somebody takes part: neighbours must be able to find and reach each other.",
    ),
    Kept(
        "email_change",
        ("new_address",),
        ("timebank_id", "digest", "member_id", "expires_at"),
        ("member_id",),
        "person",
        OnErasure.DELETED,
        "A day after the link in the mail ended, so that a question about it can be answered.",
        days=1,
        since="expires_at",
    ),
    Kept(
        "member",
        ("account_id", "neighbourhood_code", "joined_on", "left_on", "enrolled_by"),
        _KEY,
        ("id",),
        "membership",
        OnErasure.STAYS,
        "As long as the books: the other side of an exchange keeps its line.",
    ),
    Kept(
        "role_grant",
        ("role", "neighbourhood_code", "starts_on", "ends_on", "removed_at"),
        (*_KEY, "member_id", "granted_by", "removed_by"),
        ("member_id",),
        "membership",
        OnErasure.STAYS,
        "As long as the books: who decided must have been allowed to.",
    ),
    Kept(
        "member_pause",
        ("since", "until"),
        ("timebank_id", "member_id"),
        ("member_id",),
        "membership",
        OnErasure.DELETED,
        "Thirty days after the pause ended; a pause without an end until the member ends it.",
        days=30,
        since="until",
    ),
    Kept(
        "exchange",
        (
            "helper_id",
            "helped_id",
            "helper_neighbourhood_code",
            "helped_neighbourhood_code",
            "category_code",
            "minutes",
            "helped_on",
            "state",
            "logged_by",
            "logged_at",
        ),
        (*_KEY, "form_key"),
        ("helper_id", "helped_id"),
        "exchanges",
        OnErasure.STAYS,
        "As long as the books: it is what they were made of.",
    ),
    Kept(
        "exchange_event",
        ("action", "reason", "actor_id", "happened_at"),
        (*_KEY, "exchange_id"),
        (),
        "exchanges",
        OnErasure.STAYS,
        "As long as the exchange: it is its history.",
    ),
    Kept(
        "exchange_note",
        ("words",),
        ("timebank_id", "exchange_id", "kind"),
        (),
        "exchanges",
        OnErasure.OWN_WORDS,
        "A year after the last decision: by then no question about the exchange is open.",
        days=365,
        since=LATEST_EVENT,
    ),
    Kept(
        "exchange_draft",
        ("answers",),
        ("timebank_id", "form_key", "member_id", "saved_at"),
        ("member_id",),
        "drafts",
        OnErasure.DELETED,
        "A form that nobody touched for a month will not be sent any more.",
        days=30,
        since="saved_at",
    ),
    Kept(
        "note_reading",
        ("reason", "read_at", "reader_id"),
        (*_KEY, "about_id"),
        ("about_id",),
        "looked_at",
        OnErasure.DELETED,
        "As long as the notes that were read; the audit says longer that they were.",
        days=365,
        since="read_at",
    ),
    Kept(
        "member_note",
        ("kind", "words", "written_at", "author_id"),
        (*_KEY, "about_id"),
        ("about_id",),
        "notes",
        OnErasure.DELETED,
        "A year: what still matters then is better asked again.",
        days=365,
        since="written_at",
    ),
    Kept(
        "mail",
        ("to_address", "subject", "body"),
        (*_KEY, "queued_at", "sent_at", "attempts"),
        (),
        "mails",
        OnErasure.OWN_WORDS,
        "Three months, to answer whether a mail was sent; its words go when it leaves.",
        days=90,
        since="queued_at",
    ),
    Kept(
        "sign_in_request",
        ("expires_at", "used_at"),
        ("timebank_id", "link_digest", "browser_digest", "code_digest", "member_id", "tries"),
        ("member_id",),
        "signing_in",
        OnErasure.DELETED,
        "A day after its end, to tell used before from never was.",
        days=1,
        since="expires_at",
    ),
    Kept(
        "printed_code",
        ("issued_at", "expires_at", "used_at"),
        ("timebank_id", "digest", "member_id"),
        ("member_id",),
        "signing_in",
        OnErasure.DELETED,
        "A day after its end, to tell used before from never was.",
        days=1,
        since="expires_at",
    ),
    Kept(
        "member_session",
        ("device", "began_at", "ends_at"),
        ("timebank_id", "digest", "id", "member_id", "idle_minutes", "verified_at"),
        ("member_id",),
        "signing_in",
        OnErasure.DELETED,
        "A day after it ended: thirty days on one's own device, half a day for staff.",
        days=1,
        since="ends_at",
    ),
    Kept(
        "second_factor",
        ("confirmed_at",),
        ("timebank_id", "member_id", "secret", "last_step"),
        ("member_id",),
        "signing_in",
        OnErasure.DELETED,
        "As long as somebody sees other people's data: the digits are computed from it.",
    ),
    Kept(
        "stand_in",
        ("stand_in_id", "since", "until"),
        (*_KEY, "member_id", "appointed_by"),
        ("member_id", "stand_in_id"),
        "trust",
        OnErasure.DELETED,
        "As long as somebody takes part: whoever filled something in must have been allowed to.",
    ),
    Kept(
        "member_consent",
        ("professional_id", "given_at", "withdrawn_at"),
        (*_KEY, "member_id"),
        ("member_id", "professional_id"),
        "trust",
        OnErasure.DELETED,
        "As long as somebody takes part: consent must be shown to have been given.",
    ),
    Kept(
        "member_support",
        ("support", "buddy_id", "conduct_certificate_date"),
        ("timebank_id", "member_id"),
        ("member_id",),
        "support",
        OnErasure.DELETED,
        "As long as somebody takes part.",
    ),
    Kept(
        "call_task",
        ("reason", "asked_at", "done_at"),
        (*_KEY, "member_id", "subject_id", "done_by"),
        ("member_id",),
        "mails",
        OnErasure.DELETED,
        "Three months, as a mail: it stands for one.",
        days=90,
        since="asked_at",
    ),
    Kept(
        "exchange_on_behalf",
        ("acting_for_id", "entered_by_id"),
        ("timebank_id", "exchange_id"),
        ("acting_for_id", "entered_by_id"),
        "exchanges",
        OnErasure.STAYS,
        "As long as the exchange: it says who typed it.",
    ),
    Kept(
        "application",
        (
            "given_name",
            "family_name",
            "search_name",
            "neighbourhood_code",
            "birth_year",
            "email",
            "phone",
            "language",
        ),
        (*_KEY, "applied_at", "declined_at", "declined_by"),
        (),
        "person",
        OnErasure.OWN_WORDS,
        "Ninety days: whoever is not a member by then does not want to be, or was declined.",
        days=90,
        since="applied_at",
    ),
    Kept(
        "audit_event",
        ("happened_at", "action", "by_member_id", "about_member_id", "subject_id"),
        _KEY,
        ("about_member_id",),
        "looked_at",
        OnErasure.STAYS,
        "Two years, to look into a complaint; the database refuses to forget within one.",
        days=730,
        since="happened_at",
    ),
    Kept(
        "ledger_account",
        ("credited_minutes", "debited_minutes", "pending_in_minutes", "pending_out_minutes"),
        (
            *_KEY,
            "status",
            "neighbourhood_code",
            "floor_minutes",
            "ceiling_minutes",
            "limited_at",
            "last_seq",
            "last_number",
            "last_recorded_at",
            "opened_at",
            "closed_at",
        ),
        (),
        "hours",
        OnErasure.STAYS,
        "As long as the timebank: books with a gap prove nothing.",
    ),
    Kept(
        "ledger_transfer",
        ("debit_account_id", "credit_account_id", "minutes", "effective_on", "recorded_by"),
        (*_KEY, "number", "kind", "refers_to", "recorded_at", "expires_at"),
        (),
        "hours",
        OnErasure.STAYS,
        "As long as the timebank: books with a gap prove nothing.",
    ),
    Kept(
        "ledger_entry",
        ("minutes", "balance_minutes", "neighbourhood_code"),
        ("timebank_id", "account_id", "seq", "transfer_id", "recorded_at"),
        (),
        "hours",
        OnErasure.STAYS,
        "As long as the timebank: books with a gap prove nothing.",
    ),
)
"""In the order in which erasure deletes: what names another row comes before that row."""

NOT_ABOUT_PEOPLE: dict[str, str] = {
    "area": "The national division.",
    "books_proof": "Whether the books were right, by day.",
    "community_account": "Which account is the community pot.",
    "help_category": "Kinds of help.",
    "ledger_seal": "Digests of the books.",
    "neighbourhood": "Areas that take part.",
    "rate_count": "Digests of what was tried how often; a day at most.",
    "timebank": "The organisation, and whom it wants to be called: published on every page.",
}
"""Tables that keep nothing about members, and why."""


def sections() -> tuple[str, ...]:
    """Return the sections of one's own data, in the order of the register, each once."""
    return tuple(dict.fromkeys(kept.section for kept in REGISTER))
