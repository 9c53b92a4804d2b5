# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from tests.builders import NOW, TODAY, actor_of, member_of, timebank_of
from tests.builders import a_member as enrol
from tests.imports.bringing import bring
from tests.rules.test_changing import let_count
from timebank.approvals.operations import approve_exchange
from timebank.exchanges.errors import NotAWholeStep
from timebank.exchanges.models import Exchange, ExchangeEvent, ExchangeNote
from timebank.imports.errors import EmptyCell
from timebank.imports.policy import LETS, Outcome, Verdict
from timebank.imports.queries import Bringing
from timebank.sheets.bounds import UnreadableFile

HEADER = "day;helper;helped;minutes;category;note\n"
LINE = "2026-03-09;Fatima El Amrani;Jan van den Berg;90;groceries;Tassen\n"
LATER = NOW + datetime.timedelta(days=1)


def read(session: Session, *lines: str, now: datetime.datetime = NOW) -> list[Verdict]:
    text = HEADER + "".join(lines)
    return bring(session, Bringing(text.encode()), timebank_id=timebank_of(session).id, now=now)


def outcomes(verdicts: list[Verdict]) -> list[tuple[int, str]]:
    return [(verdict.number, verdict.outcome) for verdict in verdicts]


def exchanges(session: Session) -> list[Exchange]:
    return list(session.scalars(select(Exchange).order_by(Exchange.id)))


def test_a_line_becomes_an_exchange_that_waits_and_names_no_logger(session: Session) -> None:
    verdicts = read(session, LINE)
    session.commit()

    assert verdicts == [Verdict(2, Outcome.ADDED)]
    (stored,) = exchanges(session)
    assert (stored.state, stored.logged_by, stored.minutes) == ("submitted", None, 90)
    assert stored.helper_id == member_of(session, "Fatima").id
    assert stored.helped_id == member_of(session, "Jan").id
    assert session.scalars(select(ExchangeNote.words)).all() == ["Tassen"]
    assert ledger.violations(session, timebank_id=timebank_of(session).id) == []


def test_the_same_file_read_again_adds_nothing(session: Session) -> None:
    read(session, LINE, LINE.replace("90", "45"))
    session.commit()

    again = read(session, LINE, LINE.replace("90", "45"), now=LATER)
    session.commit()

    assert outcomes(again) == [(2, "known"), (3, "known")]
    assert len(exchanges(session)) == 2


def test_a_slip_that_was_approved_meanwhile_is_still_known(session: Session) -> None:
    read(session, LINE)
    (stored,) = exchanges(session)
    approve_exchange(session, stored.id, by=actor_of(session, "Nadia"), now=NOW)

    assert outcomes(read(session, LINE, now=LATER)) == [(2, "known")]


def test_the_step_of_a_neighbourhood_counts_for_slips_and_not_for_the_past(
    session: Session,
) -> None:
    let_count(session, step_minutes=60)
    bank = timebank_of(session).id
    past = (
        b"from;to;date;minutes;category\n"
        b"Jan van den Berg;Fatima El Amrani;2026-03-09;90;groceries\n"
    )

    (refused, added) = read(session, LINE, LINE.replace("90", "120"))
    (of_the_past,) = bring(session, Bringing(past, LETS), timebank_id=bank, now=NOW)

    assert isinstance(refused.refusal, NotAWholeStep)
    assert (added.outcome, of_the_past.outcome) == (Outcome.ADDED, Outcome.ADDED)


def test_two_equal_lines_are_two_slips_and_stay_two(session: Session) -> None:
    first = read(session, LINE, LINE)
    again = read(session, LINE, LINE, now=LATER)
    one_more = read(session, LINE, LINE, LINE, now=LATER)

    assert outcomes(first) == [(2, "added"), (3, "added")]
    assert outcomes(again) == [(2, "known"), (3, "known")]
    assert outcomes(one_more) == [(2, "known"), (3, "known"), (4, "added")]


def test_another_note_does_not_make_another_slip(session: Session) -> None:
    read(session, LINE)

    again = read(session, LINE.replace("Tassen", "Zware tassen"))

    assert outcomes(again) == [(2, "known")]
    assert session.scalars(select(ExchangeNote.words)).all() == ["Tassen"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026-03-09", "2026-03-08"),
        ("90", "75"),
        ("groceries", "coffee"),
        ("Jan van den Berg", "Greet de Boer"),
    ],
)
def test_anything_else_that_differs_makes_another_slip(
    session: Session, old: str, new: str
) -> None:
    read(session, LINE)

    assert outcomes(read(session, LINE.replace(old, new))) == [(2, "added")]


@pytest.mark.parametrize("written", ["9-3-2026", "9/3/2026"])
def test_the_same_day_written_otherwise_is_the_same_slip(session: Session, written: str) -> None:
    read(session, LINE)

    again = read(session, LINE.replace("2026-03-09", written).replace("90", "1:30"))

    assert outcomes(again) == [(2, "known")]


@pytest.mark.parametrize("category", ["groceries", "Boodschappen doen", "BOODSCHAPPEN doen"])
def test_a_category_is_its_code_or_its_label(session: Session, category: str) -> None:
    read(session, LINE.replace("groceries", category))

    assert [stored.category_code for stored in exchanges(session)] == ["groceries"]


def test_accents_and_capitals_of_a_name_make_no_difference(session: Session) -> None:
    enrol(session, timebank_of(session), "Gökçe", "Yıldız")

    verdicts = read(session, LINE.replace("Jan van den Berg", "gokce YILDIZ"))

    assert outcomes(verdicts) == [(2, "added")]


BAD = [
    ("Jan van den Berg", "Jan de Vries", "helped: nobody here is called 'Jan de Vries'"),
    ("Fatima El Amrani", "Henk Wansink", "helper: nobody here is called 'Henk Wansink'"),
    ("Jan van den Berg", "Annelies Vermeulen", "helped: nobody here is called"),
    ("Jan van den Berg", "Fatima El Amrani", "other: nobody can help themselves"),
    ("2026-03-09", "2026-02-30", "day: '2026-02-30' is no day"),
    ("2026-03-09", "2026-03-11", "helped_on: 2026-03-11 has not come yet"),
    ("2026-03-09", "2025-12-31", "helped_on: 2025-12-31 is before 2026-01-01"),
    ("90", "7", "minutes: 7 minutes is not a whole number of 15"),
    ("90", "0", "minutes: 0 minutes is not between"),
    ("90", "24:15", "minutes: 1455 minutes is not between"),
    ("90", "lang", "minutes: 'lang' is no duration"),
    ("90", "", "minutes: this is empty"),
    ("groceries", "astrology", "category: no open kind of help"),
    ("groceries", "household_help", "category: household_help is for a professional"),
    ("Tassen", "x" * 501, "note: a note of 501 characters"),
    ("Tassen", "a\x07b", "note: the note holds control characters"),
]


@pytest.mark.parametrize(("old", "new", "why"), BAD, ids=[why for *_, why in BAD])
def test_a_bad_line_says_why_books_nothing_and_the_rest_goes_on(
    session: Session, old: str, new: str, why: str
) -> None:
    verdicts = read(session, LINE.replace(old, new), LINE.replace("groceries", "coffee"))
    session.commit()

    assert outcomes(verdicts) == [(2, "bad"), (3, "added")]
    assert verdicts[0].why.startswith(why)
    assert [stored.category_code for stored in exchanges(session)] == ["coffee"]
    for model in (ExchangeEvent, ledger.Transfer, ExchangeNote):
        assert session.scalar(select(func.count()).select_from(model)) == 1, model
    assert ledger.violations(session, timebank_id=timebank_of(session).id) == []


def test_a_name_of_two_people_is_not_guessed(session: Session) -> None:
    enrol(session, timebank_of(session), "Sami", "Haddad")
    enrol(session, timebank_of(session), "Sámi", "Haddad")

    (verdict,) = read(session, LINE.replace("Jan van den Berg", "Sami Haddad"))

    assert verdict.why == "helped: more than one person is called 'Sami Haddad'"


def test_who_left_is_not_on_a_slip_any_more(session: Session) -> None:
    member_of(session, "Jan").left_on = TODAY
    session.flush()

    (verdict,) = read(session, LINE)

    assert verdict.outcome == "bad"


def test_a_bad_line_that_is_mended_is_added_the_next_time(session: Session) -> None:
    read(session, LINE.replace("90", "7"), LINE)

    again = read(session, LINE.replace("90", "15"), LINE)

    assert outcomes(again) == [(2, "added"), (3, "known")]


def test_a_file_that_is_no_file_of_slips_books_nothing(session: Session) -> None:
    with pytest.raises(UnreadableFile):
        bring(session, Bringing(b"\xff\xfe"), timebank_id=timebank_of(session).id, now=NOW)

    assert exchanges(session) == []


def test_a_header_alone_is_an_empty_file(session: Session) -> None:
    assert read(session) == []


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict(2, Outcome.ADDED), "line 2: added"),
        (Verdict(3, Outcome.BAD, EmptyCell("day")), "line 3: bad: day: this is empty"),
    ],
)
def test_a_verdict_is_said_on_one_line(verdict: Verdict, said: str) -> None:
    assert str(verdict) == said


@pytest.mark.parametrize("column", ["groceries", "Jan van den Berg"])
def test_a_nul_byte_makes_a_line_bad_and_not_the_file(session: Session, column: str) -> None:
    verdicts = read(session, LINE.replace(column, f"{column}\0"), LINE)

    assert outcomes(verdicts) == [(2, "bad"), (3, "added")]


def test_a_name_with_a_space_that_office_programs_paste_is_read(session: Session) -> None:
    verdicts = read(session, LINE.replace("Jan van", "Jan\N{NO-BREAK SPACE}van"))

    assert outcomes(verdicts) == [(2, "added")]
