# SPDX-License-Identifier: EUPL-1.2
"""What people come from: TimeOverflow, Cyclos, a LETS spreadsheet; who is who; all or none."""

from __future__ import annotations

import datetime
import io
import zipfile

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from tests.builders import NOW, actor_of, member_of, timebank_of
from tests.conftest import ROOT
from tests.imports.bringing import bring
from tests.sheets.test_reading import NOON, workbook
from timebank.exchanges.errors import DayBeforeJoining, DayInFuture, InvalidDuration
from timebank.exchanges.models import Exchange, ExchangeEvent
from timebank.imports.errors import NobodyKnown, NotAllGood, NumberUsed
from timebank.imports.policy import (
    CYCLOS,
    LETS,
    SLIPS,
    TIMEOVERFLOW,
    Layout,
    Outcome,
    Verdict,
    read_mapping,
)
from timebank.imports.queries import Bringing, judge
from timebank.members.errors import NotPermitted
from timebank.members.policy import organisation
from timebank.sheets.bounds import Cause, UnreadableFile

SAMPLES = ROOT / "docs" / "samples"
TRANSFERS = (
    "Fecha,from,from ID,to,to ID,post,post ID,Motivo,quantity\n"
    "2025-11-04 10:00:00 +0100,jan 7,7,fatima 3,3,Tuin,12,Heg geknipt,0.33\n"
    "2025-11-05 10:00:00 +0100,deleted_user,deleted_user,fatima 3,3,,,,1.0\n"
)
MEMBERS = "N,Username,Email\n3,fatima,fatima@example.org\n7,jan,jan@example.org\n"


def zipped(**tables: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, words in tables.items():
            made.writestr(f"{name}.csv", words)
    return file.getvalue()


def read(
    session: Session, content: bytes, layout: Layout, *, category: str = "coffee", **how: object
) -> list[Verdict]:
    people = how.pop("people", {})
    return bring(
        session,
        Bringing(content, layout, category, people),  # type: ignore[arg-type]
        timebank_id=timebank_of(session).id,
        now=NOW,
        **how,  # type: ignore[arg-type]
    )


def outcomes(verdicts: list[Verdict]) -> list[str]:
    return [str(verdict.outcome) for verdict in verdicts]


def test_a_timeoverflow_zip_finds_people_by_its_own_list_of_members(session: Session) -> None:
    content = zipped(members=MEMBERS, transfers=TRANSFERS, offers="title\nTuin\n")

    verdicts = read(session, content, TIMEOVERFLOW, approve=True)
    again = read(session, content, TIMEOVERFLOW, approve=True)

    assert outcomes(verdicts) == ["added", "bad"]
    assert isinstance(verdicts[1].refusal, NobodyKnown)
    assert outcomes(again) == ["known", "bad"]
    (stored,) = session.scalars(select(Exchange)).all()
    assert (stored.minutes, stored.helped_on) == (20, datetime.date(2025, 11, 4))
    assert stored.helper_id == member_of(session, "Fatima").id
    assert stored.helped_id == member_of(session, "Jan").id
    account = member_of(session, "Fatima").account_id
    assert account is not None
    balance = ledger.balance_of(session, timebank_id=stored.timebank_id, account_id=account)
    assert (balance.posted_minutes, balance.pending_in_minutes) == (20, 0)
    assert ledger.violations(session, timebank_id=stored.timebank_id) == []


def test_cyclos_lines_go_by_their_transaction_number(session: Session) -> None:
    head = "Date;Transaction number;From;To;Type;Amount;Description\n"
    line = "09/03/2026 14:05;TX0001;jan;fatima;Trade;1,50 uur;Koffie\n"
    people = {"jan": "jan@example.org", "fatima": str(member_of(session, "Fatima").id)}

    first = read(session, (head + line + line).encode(), CYCLOS, people=people)
    changed = (head + line.replace("1,50", "2,50")).encode()
    second = read(session, changed, CYCLOS, people=people)

    assert outcomes(first) == ["added", "bad"]
    assert isinstance(first[1].refusal, NumberUsed)
    assert isinstance(second[0].refusal, NumberUsed)
    assert [stored.minutes for stored in session.scalars(select(Exchange))] == [90]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_lets_spreadsheet_gives_hours_from_the_helped_to_the_helper(
    session: Session, form: str
) -> None:
    rows: list[list[object]] = [
        ["Van", "Naar", "Datum", "Uren", "Omschrijving"],
        ["Jan van den Berg", "Fatima El Amrani", NOON, 1.5, "Koffie"],
    ]
    words = ["Jan van den Berg", "Fatima El Amrani", "9-3-2026", "1,5", "Koffie"]
    text = "\t".join(map(str, rows[0])) + "\n" + "\t".join(words) + "\n"
    content = workbook(*rows) if form == "xlsx" else text.encode("utf-16")

    assert outcomes(read(session, content, LETS)) == ["added"]
    (stored,) = session.scalars(select(Exchange)).all()
    assert stored.helper_id == member_of(session, "Fatima").id
    assert (stored.minutes, stored.state) == (90, "submitted")


def test_the_samples_of_the_documentation_can_be_read(session: Session) -> None:
    people = read_mapping((SAMPLES / "people.csv").read_bytes())

    for name, layout, many in (
        ("lets.csv", LETS, 2),
        ("cyclos.csv", CYCLOS, 2),
        ("timeoverflow-transfers.csv", TIMEOVERFLOW, 2),
        ("slips.csv", SLIPS, 2),
    ):
        verdicts = read(session, (SAMPLES / name).read_bytes(), layout, people=people)
        assert outcomes(verdicts) == ["added"] * many, name


def test_the_past_of_another_system_may_lie_before_the_day_of_joining_here(
    session: Session,
) -> None:
    line = "Jan van den Berg;Fatima El Amrani;2024-03-09;0,2;\n"
    lets = read(session, ("from;to;date;hours;description\n" + line).encode(), LETS)
    slips = LINES.replace(b"2026", b"2024")

    assert outcomes(lets) == ["added"]
    assert isinstance(read(session, slips, SLIPS)[0].refusal, DayBeforeJoining)


@pytest.mark.parametrize(
    ("cell", "word", "refusal"),
    [
        ("2026-03-09", "2026-03-11", DayInFuture),
        ("1,5", "0", InvalidDuration),
        ("1,5", "25", InvalidDuration),
        ("Jan van den Berg", "Wie Weet", NobodyKnown),
    ],
)
def test_the_rules_of_the_form_hold_for_the_past_too(
    session: Session, cell: str, word: str, refusal: type[Exception]
) -> None:
    line = "Jan van den Berg;Fatima El Amrani;2026-03-09;1,5;Koffie\n"
    content = "from;to;date;hours;description\n" + line.replace(cell, word)

    (verdict,) = read(session, content.encode(), LETS)

    assert isinstance(verdict.refusal, refusal)


LINES = (
    b"day;helper;helped;minutes;category\n"
    b"2026-03-09;Fatima El Amrani;Jan van den Berg;90;coffee\n"
    b"2026-03-09;Greet de Boer;Marijke van Duijn;30;coffee\n"
    b"2026-03-09;Nadia Benali;Jan van den Berg;30;coffee\n"
)


def test_a_coordinator_brings_help_of_her_own_neighbourhoods_and_approves_not_her_own(
    session: Session,
) -> None:
    nadia = actor_of(session, "Nadia")

    verdicts = read(session, LINES, SLIPS, by=nadia, approve=True)

    assert outcomes(verdicts) == ["added", "bad", "added"]
    assert str(verdicts[1]) == "line 3: bad: helper: nobody here is called 'Greet de Boer'"
    states = {stored.helper_id: stored.state for stored in session.scalars(select(Exchange)).all()}
    assert states == {
        member_of(session, "Fatima").id: "approved",
        member_of(session, "Nadia").id: "submitted",
    }
    assert session.scalar(select(func.count()).select_from(ExchangeEvent)) == 3
    assert ledger.violations(session, timebank_id=nadia.timebank_id) == []


def test_a_resident_brings_nothing(session: Session) -> None:
    with pytest.raises(NotPermitted):
        read(session, LINES, SLIPS, by=actor_of(session, "Fatima"))


def test_beyond_a_limit_one_line_stays_out_or_all_do(session: Session) -> None:
    jan = member_of(session, "Jan")
    assert jan.account_id is not None
    limits = {"floor_minutes": -100, "ceiling_minutes": None, "now": NOW}
    ledger.limit_account(
        session,
        timebank_id=jan.timebank_id,
        account_id=jan.account_id,
        **limits,  # type: ignore[arg-type]
    )
    session.commit()

    with pytest.raises(NotAllGood):
        read(session, LINES, SLIPS, whole=True)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(ledger.Transfer)) == 0

    verdicts = read(session, LINES, SLIPS)
    assert [str(verdict) for verdict in verdicts] == [
        "line 2: added",
        "line 3: added",
        "line 4: bad: minutes: this would pass the limit of somebody's hours",
    ]


def test_a_dry_run_writes_nothing(session: Session) -> None:
    by = organisation(timebank_of(session).id)

    judged = judge(session, Bringing(LINES), by=by, now=NOW)

    assert (judged.count(Outcome.READY), judged.bad) == (3, [])
    assert session.scalar(select(func.count()).select_from(Exchange)) == 0


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", Cause.MISSING_COLUMNS),
        (b"a;b;c\n1;2;3\n", Cause.MISSING_COLUMNS),
        (zipped(members=MEMBERS), Cause.NO_TRANSFERS),
    ],
)
def test_a_file_of_something_else_is_refused_as_a_whole(
    session: Session, content: bytes, cause: Cause
) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(session, content, TIMEOVERFLOW if cause is Cause.NO_TRANSFERS else LETS)

    assert refusal.value.cause is cause


def test_a_header_alone_and_an_odd_cell_harm_nothing(session: Session) -> None:
    head = b"from;to;date;hours;description\n"
    long = b"Jan van den Berg;Fatima El Amrani;2026-03-09;1;" + b"x" * 10_000 + b"\n"
    nul = b"Jan\0van;Fatima El Amrani;2026-03-09;1;\n"

    assert read(session, head, LETS) == []
    verdicts = read(session, head + long + nul, LETS)
    assert outcomes(verdicts) == ["bad", "bad"]
    assert all(len(str(verdict)) < 120 for verdict in verdicts)
