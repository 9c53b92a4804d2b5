# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import pathlib
import sqlite3

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import checks
from tests.databases import SqliteTemplates
from tests.ledger import tampering
from tests.ledger.conftest import BANK, NOW, TABLES, Books, two_accounts

ENTRIES = "entries of a transfer"
GAP = "entries run without a gap"
BALANCE = "balance of an account"
PENDING = "pending minutes of an account"
RESOLUTION = "resolution of a transfer"
SUM = "sum of a timebank"
GUARDS = "guards of the journal"
SKIPPED = "transfers run without a gap"
TIME = "time runs forward"
CLOSED = "closed accounts"
ONCE = "one resolution"
SEALS = "seals"
THERE = "what is named is there"
HOUR = datetime.timedelta(hours=1)
MOMENT = datetime.timedelta(microseconds=1)


def _subjects(books: Books, rule: str) -> list[str]:
    return [found.subject for found in books.violations() if found.rule == rule]


def _rules(books: Books) -> set[str]:
    return {found.rule for found in books.violations()}


def test_there_is_one_check_for_each_invariant() -> None:
    assert len(checks.CHECKS) == len(set(checks.CHECKS)) == 14


@pytest.mark.parametrize("check", ledger.CHECKS, ids=lambda check: check.__name__)
def test_a_check_is_silent_on_sound_books(full_books: Books, check: checks.Check) -> None:
    assert check(full_books.session, BANK) == []


@pytest.mark.parametrize("check", ledger.CHECKS, ids=lambda check: check.__name__)
def test_a_check_is_silent_on_books_without_a_word(books: Books, check: checks.Check) -> None:
    assert check(books.session, BANK + 1) == []


def test_a_violation_reads_as_one_line() -> None:
    violation = ledger.Violation("sum of a timebank", "timebank 1", "5 minutes, not 0")

    assert str(violation) == "sum of a timebank: timebank 1: 5 minutes, not 0"


@pytest.mark.parametrize("side", ["helper", "helped"])
def test_a_missing_entry_is_found(books: Books, side: str) -> None:
    transfer_id = books.posted(90)

    tampering.tamper(books.session, tampering.delete_entry(getattr(books, side), 1))

    (found,) = checks.transfers_have_their_entries(books.session, BANK)
    left = {"helper": -90, "helped": 90}[side]
    assert found.subject == f"transfer {transfer_id}"
    assert found.detail == f"a post of 90 minutes has 1 entries that sum to {left}"
    assert _subjects(books, BALANCE) == [f"account {getattr(books, side)}"]


def test_a_posting_without_any_entry_is_found(books: Books) -> None:
    transfer_id = books.posted(90)

    for account_id in (books.helper, books.helped):
        tampering.tamper(books.session, tampering.delete_entry(account_id, 1))

    (found,) = checks.transfers_have_their_entries(books.session, BANK)
    assert found.subject == f"transfer {transfer_id}"
    assert found.detail == "a post of 90 minutes has 0 entries that sum to 0"


@pytest.mark.parametrize("side", ["helper", "helped"])
@pytest.mark.parametrize("factor", [-1, 2])
def test_an_entry_of_other_minutes_is_found(books: Books, side: str, factor: int) -> None:
    transfer_id = books.posted(90)
    (entry,) = books.entries(getattr(books, side))

    tampering.tamper(
        books.session, tampering.change_entry(entry.account_id, 1, minutes=entry.minutes * factor)
    )

    assert _subjects(books, ENTRIES) == [f"transfer {transfer_id}"]


def test_entries_that_went_the_other_way_are_found_although_they_sum_to_zero(books: Books) -> None:
    transfer_id = books.posted(90)

    tampering.tamper(books.session, tampering.change_entry(books.helper, 1, minutes=-90))
    tampering.tamper(books.session, tampering.change_entry(books.helped, 1, minutes=90))

    assert _subjects(books, ENTRIES) == [f"transfer {transfer_id}"]


@pytest.mark.parametrize("side", ["helper", "helped"])
def test_an_entry_on_somebody_elses_account_is_found(books: Books, side: str) -> None:
    transfer_id, third = books.posted(90), books.open_account()

    tampering.tamper(
        books.session, tampering.change_entry(getattr(books, side), 1, account_id=third)
    )

    assert _subjects(books, ENTRIES) == [f"transfer {transfer_id}"]
    assert set(_subjects(books, BALANCE)) == {f"account {getattr(books, side)}", f"account {third}"}


@pytest.mark.parametrize("side", ["helper", "helped"])
@pytest.mark.parametrize("minutes", [90, -90, 1])
def test_an_entry_too_many_is_found(books: Books, side: str, minutes: int) -> None:
    transfer_id = books.posted(90)
    (entry,) = books.entries(getattr(books, side))

    tampering.tamper(books.session, tampering.add_entry(entry, seq=2, minutes=minutes))

    assert _subjects(books, ENTRIES) == [f"transfer {transfer_id}"]


@pytest.mark.parametrize("verb", ["reserve", "void"])
def test_an_entry_of_a_transfer_that_posts_nothing_is_found(books: Books, verb: str) -> None:
    transfer_id = books.reserved(90)
    if verb == "void":
        transfer_id = books.resolved("void", transfer_id)
    books.posted(90)
    (entry,) = books.entries(books.helper)

    tampering.tamper(books.session, tampering.add_entry(entry, seq=2, transfer_id=transfer_id))

    assert _subjects(books, ENTRIES) == [f"transfer {transfer_id}"]


@pytest.mark.parametrize("verb", ["reserve", "void"])
def test_both_entries_of_a_transfer_that_posts_nothing_are_found_though_they_fit_it(
    books: Books, verb: str
) -> None:
    transfer_id = books.reserved(90)
    if verb == "void":
        transfer_id = books.resolved("void", transfer_id)
    books.posted(90)

    for account_id in (books.helper, books.helped):
        (entry,) = books.entries(account_id)
        tampering.tamper(books.session, tampering.add_entry(entry, seq=2, transfer_id=transfer_id))

    assert _subjects(books, ENTRIES) == [f"transfer {transfer_id}"]


@pytest.mark.parametrize("side", ["helper", "helped"])
def test_the_order_in_which_rows_lie_on_the_disk_says_nothing(books: Books, side: str) -> None:
    for number in range(3):
        books.posted(30 + number, now=NOW + number * HOUR)
    first, second, _third = books.entries(getattr(books, side))

    for entry in (first, second):
        again = tampering.add_entry(entry)
        there = tampering.delete_entry(entry.account_id, entry.seq)
        tampering.force(books.session, there)
        tampering.force(books.session, again)

    assert books.violations() == []


def test_a_skipped_number_is_found(books: Books) -> None:
    books.posted(30)
    books.posted(15)

    tampering.tamper(books.session, tampering.change_entry(books.helper, 2, seq=3))

    (found,) = checks.entries_run_without_gap(books.session, BANK)
    assert found.subject == f"account {books.helper} entry 3"
    assert found.detail == "holds balance 45; counting gives entry 2, balance 45"


def test_a_wrong_running_balance_is_found(books: Books) -> None:
    books.posted(30)
    books.posted(15)

    tampering.tamper(books.session, tampering.change_entry(books.helped, 1, balance_minutes=-31))

    assert _subjects(books, GAP) == [f"account {books.helped} entry 1"]
    assert _rules(books) == {GAP}


@pytest.mark.parametrize("side", ["credited_minutes", "debited_minutes", "last_seq"])
def test_an_account_that_stores_other_figures_than_its_entries_is_found(
    books: Books, side: str
) -> None:
    books.posted(90)

    tampering.tamper(books.session, tampering.change_account(books.helper, **{side: 91}))

    assert _subjects(books, BALANCE) == [f"account {books.helper}"]


def test_both_sides_raised_alike_are_found_although_the_balance_is_right(books: Books) -> None:
    books.posted(90)

    tampering.tamper(
        books.session,
        tampering.change_account(books.helper, credited_minutes=100, debited_minutes=10),
    )

    assert _rules(books) == {BALANCE}
    (found,) = checks.accounts_equal_their_entries(books.session, BANK)
    assert found.detail == (
        "stores 100 credited, 10 debited, last entry 1; its entries give 90, 0 and 1"
    )


@pytest.mark.parametrize("side", ["pending_in_minutes", "pending_out_minutes"])
def test_pending_minutes_without_an_open_reservation_are_found(books: Books, side: str) -> None:
    books.resolved("void", books.reserved(15))

    tampering.tamper(books.session, tampering.change_account(books.helper, **{side: 15}))

    assert _subjects(books, PENDING) == [f"account {books.helper}"]
    assert _rules(books) == {PENDING}


def test_an_open_reservation_without_pending_minutes_is_found(books: Books) -> None:
    voiding = books.resolved("void", books.reserved(15))

    tampering.tamper(books.session, tampering.delete_transfer(voiding))

    found = checks.pending_equals_open_reservations(books.session, BANK)
    assert {f.subject for f in found} == {f"account {books.helper}", f"account {books.helped}"}
    assert {f.detail for f in found} == {
        "stores 0 in and 0 out; open reservations give 15 in and 0 out",
        "stores 0 in and 0 out; open reservations give 0 in and 15 out",
    }


@pytest.mark.parametrize("verb", ["post_pending", "void", "reverse"])
@pytest.mark.parametrize("column", ["minutes", "debit_account_id", "credit_account_id"])
def test_a_resolution_that_differs_from_what_it_names_is_found(
    books: Books, verb: str, column: str
) -> None:
    first = books.posted() if verb == "reverse" else books.reserved()
    third, resolution = books.open_account(), books.resolved(verb, first)
    wrong = 61 if column == "minutes" else third

    tampering.tamper(books.session, tampering.change_transfer(resolution, **{column: wrong}))

    assert _subjects(books, RESOLUTION) == [f"transfer {resolution}"]


def test_a_resolution_of_another_day_than_what_it_names_is_found(books: Books) -> None:
    resolution = books.resolved("post_pending", books.reserved())
    other_day = NOW.date() - datetime.timedelta(days=1)

    tampering.tamper(books.session, tampering.change_transfer(resolution, effective_on=other_day))

    assert _subjects(books, RESOLUTION) == [f"transfer {resolution}"]


@pytest.mark.parametrize("side", ["helper", "helped"])
def test_an_entry_of_another_moment_than_its_transfer_is_found(books: Books, side: str) -> None:
    transfer = books.posted()
    earlier = NOW - datetime.timedelta(days=90)
    changed = tampering.change_entry(getattr(books, side), 1, recorded_at=earlier)

    tampering.tamper(books.session, changed)

    assert _subjects(books, "entries of a transfer") == [f"transfer {transfer}"]


@pytest.mark.parametrize(
    ("made", "verb", "kind"),
    [
        ("reserved", "void", "post"),
        ("reserved", "post_pending", "post"),
        ("posted", "reverse", "reserve"),
    ],
)
def test_a_resolution_of_the_wrong_kind_of_transfer_is_found(
    books: Books, made: str, verb: str, kind: str
) -> None:
    first = getattr(books, made)()
    resolution = books.resolved(verb, first)

    tampering.tamper(
        books.session, tampering.change_transfer(first, kind=ledger.TransferKind(kind))
    )

    (found,) = checks.resolutions_fit_their_transfers(books.session, BANK)
    assert found.subject == f"transfer {resolution}"
    assert found.detail == f"a {verb} of 60 minutes names {first}, a {kind} of 60 minutes"


def test_a_reversal_that_bears_another_name_is_found(books: Books) -> None:
    resolution = books.resolved("reverse", books.posted())

    tampering.tamper(
        books.session, tampering.change_transfer(resolution, kind=ledger.TransferKind.VOID)
    )

    assert _subjects(books, RESOLUTION) == [f"transfer {resolution}"]


@pytest.mark.parametrize("side", ["credited_minutes", "debited_minutes"])
def test_a_timebank_that_does_not_sum_to_zero_is_found(books: Books, side: str) -> None:
    tampering.tamper(books.session, tampering.change_account(books.helper, **{side: 5}))

    (found,) = checks.timebank_sums_to_zero(books.session, BANK)
    minutes = 5 if side == "credited_minutes" else -5
    assert (found.rule, found.subject) == (SUM, f"timebank {BANK}")
    assert found.detail == f"{minutes} minutes, not 0"


def test_a_missing_guard_is_found(books: Books) -> None:
    tampering.drop_guard(books.session, "ledger_entry_no_update")

    assert books.violations() == [
        ledger.Violation(GUARDS, "ledger_entry_no_update", "the trigger is missing or switched off")
    ]


def test_what_is_wrong_in_one_timebank_is_not_held_against_another(books: Books) -> None:
    books.reserved(15)
    books.posted(90)

    tampering.tamper(books.session, tampering.delete_entry(books.helper, 1))
    tampering.tamper(books.session, tampering.change_account(books.helped, debited_minutes=1))

    assert books.violations() != []
    assert ledger.violations(books.session, timebank_id=BANK + 1) == []


@pytest.mark.parametrize("number", [2, 3, 0])
def test_a_transfer_with_another_number_is_found(books: Books, number: int) -> None:
    first, second = books.posted(30), books.posted(15)
    changed = first if number == 3 else second
    new = {2: 3, 3: 3, 0: 9}[number]

    tampering.force(books.session, sa.text("DROP INDEX ix_ledger_transfer_number"))
    tampering.tamper(books.session, tampering.change_transfer(changed, number=new))

    (found,) = checks.transfers_run_without_gap(books.session, BANK)
    assert (found.rule, found.subject) == (SKIPPED, f"account {books.helped}")
    assert found.detail == f"stores number 2; 2 transfers are there, the last is number {new}"


def test_a_transfer_that_is_gone_is_found(books: Books) -> None:
    books.reserved(30)
    books.resolved("void", books.reserved(15))

    tampering.force(
        books.session, tampering.delete_transfer(books.resolved("void", books.reserved(5)))
    )

    assert _subjects(books, SKIPPED) == [f"account {books.helped}"]


def test_a_transfer_that_is_gone_from_between_is_found_though_the_last_is_there(
    books: Books,
) -> None:
    first = books.reserved(30)
    books.reserved(15)

    tampering.force(books.session, tampering.delete_transfer(first))

    (found,) = checks.transfers_run_without_gap(books.session, BANK)
    assert found.subject == f"account {books.helped}"
    assert found.detail == "stores number 2; 1 transfers are there, the last is number 2"


def test_an_account_that_counts_its_transfers_wrong_is_found(books: Books) -> None:
    books.posted(30)

    tampering.tamper(books.session, tampering.change_account(books.helper, last_number=1))

    assert books.violations() == [
        ledger.Violation(
            SKIPPED,
            f"account {books.helper}",
            "stores number 1; 0 transfers are there, the last is number 0",
        )
    ]


def test_a_transfer_that_was_resolved_twice_is_found(books: Books) -> None:
    reservation, other = books.reserved(), books.reserved()
    books.resolved("void", reservation)
    second = books.resolved("void", other)

    tampering.force(books.session, sa.text("DROP INDEX ix_ledger_transfer_resolution"))
    tampering.tamper(books.session, tampering.change_transfer(second, refers_to=reservation))

    (found,) = checks.nothing_is_resolved_twice(books.session, BANK)
    assert found == ledger.Violation(ONCE, f"transfer {reservation}", "2 transfers resolve it")
    assert ONCE in _rules(books)


def test_an_entry_that_is_earlier_than_the_one_before_is_found(books: Books) -> None:
    books.posted(30, now=NOW + HOUR)
    books.posted(15, now=NOW + 2 * HOUR)

    tampering.tamper(books.session, tampering.change_entry(books.helper, 2, recorded_at=NOW))

    (found,) = checks.time_runs_forward(books.session, BANK)
    assert (found.rule, found.subject) == (TIME, f"account {books.helper} entry 2")
    assert found.detail.startswith("was written at 2026-03-10 09:00:00")


def test_an_entry_that_is_later_than_its_account_says_is_found(books: Books) -> None:
    books.posted(30, now=NOW + HOUR)

    tampering.tamper(books.session, tampering.change_account(books.helped, last_recorded_at=NOW))

    assert _subjects(books, TIME) == [f"account {books.helped} entry 1"]
    assert _rules(books) == {TIME}


@pytest.mark.parametrize("made", ["posted", "reserved"])
@pytest.mark.parametrize("side", ["helper", "helped"])
def test_a_closed_account_that_holds_something_is_found(books: Books, made: str, side: str) -> None:
    getattr(books, made)(60)
    account_id = getattr(books, side)

    tampering.tamper(
        books.session,
        tampering.change_account(account_id, status=ledger.AccountStatus.CLOSED, closed_at=NOW),
    )

    held = {
        ("posted", "helper"): "holds 60, pending 0, 0",
        ("posted", "helped"): "holds -60, pending 0, 0",
        ("reserved", "helper"): "holds 0, pending 60, 0",
        ("reserved", "helped"): "holds 0, pending 0, 60",
    }[made, side]
    assert books.violations() == [ledger.Violation(CLOSED, f"account {account_id}", held)]


def test_what_differs_from_what_was_sealed_is_found(books: Books) -> None:
    transfer_id = books.posted(60, debit_account_id=books.helper, credit_account_id=books.helped)
    books.posted(90)
    books.seal()

    tampering.tamper(books.session, tampering.change_transfer(transfer_id, recorded_by=transfer_id))

    row, seal = books.violations()
    assert (row.rule, row.subject) == (SEALS, f"account {books.helper} transfer 1")
    assert row.detail.endswith("(sealed 2026-03-10)")
    assert (seal.rule, seal.subject) == (SEALS, "seal 1")


@pytest.mark.parametrize(
    ("verb", "expires_at", "sound"),
    [
        ("post_pending", NOW, False),
        ("post_pending", NOW + HOUR, True),
        ("post_pending", None, True),
        ("void", NOW, True),
        ("void", NOW + HOUR, True),
    ],
)
def test_a_posting_after_the_term_is_found(
    books: Books, verb: str, expires_at: datetime.datetime | None, sound: bool
) -> None:
    reservation = books.reserved()
    resolution = books.resolved(verb, reservation)

    tampering.tamper(books.session, tampering.change_transfer(reservation, expires_at=expires_at))

    assert _subjects(books, RESOLUTION) == ([] if sound else [f"transfer {resolution}"])


@pytest.mark.parametrize(
    ("expires_at", "sound"),
    [(NOW + HOUR, True), (NOW + HOUR + MOMENT, False), (NOW + 2 * HOUR, False), (None, False)],
)
def test_an_expiry_before_the_term_is_found(
    books: Books, expires_at: datetime.datetime | None, sound: bool
) -> None:
    reservation = books.reserved(expires_at=NOW)
    expiring = books.resolved("expire", reservation, NOW + HOUR)

    tampering.tamper(books.session, tampering.change_transfer(reservation, expires_at=expires_at))

    assert _subjects(books, RESOLUTION) == ([] if sound else [f"transfer {expiring}"])


def test_a_reversal_in_part_is_sound(books: Books) -> None:
    first = books.posted(90)
    ledger.reverse(books.session, books.resolution(first, minutes=30), now=NOW)
    books.session.commit()

    assert books.violations() == []


@pytest.mark.parametrize("minutes", [59, 61])
def test_a_reservation_that_was_posted_in_part_is_found(books: Books, minutes: int) -> None:
    posting = books.resolved("post_pending", books.reserved(60))

    tampering.tamper(books.session, tampering.change_transfer(posting, minutes=minutes))

    assert _subjects(books, RESOLUTION) == [f"transfer {posting}"]


@pytest.mark.parametrize("column", ["debit_account_id", "credit_account_id"])
def test_a_transfer_of_an_account_that_is_not_there_is_found(books: Books, column: str) -> None:
    transfer_id = books.posted(90)

    tampering.force(books.session, tampering.change_transfer(transfer_id, **{column: 5}))

    assert _subjects(books, THERE) == [f"transfer {transfer_id}"]


def test_a_resolution_of_a_transfer_that_is_not_there_is_found(books: Books) -> None:
    reservation, nothing = books.reserved(90), ledger.new_id(NOW)
    resolution = books.resolved("void", reservation)

    tampering.force(books.session, tampering.change_transfer(resolution, refers_to=nothing))

    (found,) = checks.what_is_named_is_there(books.session, BANK)
    assert (found.rule, found.subject) == (THERE, f"transfer {resolution}")
    assert found.detail == f"names refers_to {nothing}, which is not there"


def test_entries_of_an_account_or_transfer_that_is_not_there_are_found(books: Books) -> None:
    books.posted(90)

    tampering.force(books.session, tampering.change_entry(books.helper, 1, account_id=5))
    nothing = tampering.change_entry(books.helped, 1, transfer_id=ledger.new_id(NOW))
    tampering.force(books.session, nothing)

    assert _subjects(books, THERE) == ["entry 1", "entry 1"]


def _all_wrong(books: Books) -> None:
    """Make everything wrong that can be told of several accounts and of several transfers."""
    others = [books.open_account(code=f"BU{number}") for number in range(6)]
    for other in others:
        books.resolved("reverse", books.posted(15, debit_account_id=other))
        books.resolved("void", books.reserved(5, debit_account_id=other))
    tables = {model.__tablename__: sa.inspect(model).local_table for model in TABLES}
    wrong: dict[str, dict[str, object]] = {
        "ledger_transfer": {"effective_on": NOW.date() - datetime.timedelta(days=1)},
        "ledger_entry": {"minutes": 7},
        "ledger_account": {
            "status": ledger.AccountStatus.CLOSED,
            "closed_at": NOW,
            "pending_in_minutes": 9,
            "last_number": 99,
        },
    }
    for name, values in wrong.items():
        change = sa.update(tables[name])
        if name == "ledger_transfer":
            change = change.where(tables[name].c.refers_to.is_not(None))
        tampering.force(books.session, change.values(values))


@pytest.mark.parametrize(
    "check",
    [
        checks.accounts_equal_their_entries,
        checks.pending_equals_open_reservations,
        checks.transfers_run_without_gap,
        checks.closed_accounts_are_empty,
    ],
    ids=lambda check: check.__name__,
)
def test_what_is_wrong_is_told_in_the_order_of_the_accounts(
    books: Books, check: checks.Check
) -> None:
    _all_wrong(books)

    accounts = [int(found.subject.split()[1]) for found in check(books.session, BANK)]

    assert len(accounts) >= 6
    assert accounts == sorted(accounts)


@pytest.mark.parametrize(
    "check",
    [checks.transfers_have_their_entries, checks.resolutions_fit_their_transfers],
    ids=lambda check: check.__name__,
)
def test_what_is_wrong_is_told_in_the_order_of_the_transfers(
    books: Books, check: checks.Check
) -> None:
    _all_wrong(books)

    transfers = [found.subject for found in check(books.session, BANK)]

    assert len(transfers) >= 12
    assert transfers == sorted(transfers)


def _work(engine: sa.Engine) -> int:
    """Return how many thousands of instructions SQLite takes for the whole proof."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    with ledger.snapshot(engine) as session:
        driver = session.connection().connection.dbapi_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_progress_handler(tick, 1000)
        assert ledger.violations(session, timebank_id=BANK) == []
        driver.set_progress_handler(None, 0)
    return count


def test_the_proof_grows_with_the_books_and_not_with_their_square(
    sqlite_templates: SqliteTemplates, tmp_path: pathlib.Path
) -> None:
    with sqlite_templates.copy("town", tmp_path) as url:
        engine = ledger.prepare_engine(sa.create_engine(url))
        with Session(engine) as session:
            books = two_accounts(session)
            work = []
            for more in (100, 300):
                steps = [
                    ledger.Step(ledger.TransferKind.POST, books.order(15)) for _ in range(more)
                ]
                ledger.book_all(session, steps, now=NOW)
                session.commit()
                work.append(_work(engine))
        engine.dispose()

    # Four times the transfers: four times the work, where their square gives sixteen times.
    assert work[1] < 6 * work[0], work
