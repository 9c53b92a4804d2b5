# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
from collections.abc import Sequence

import ledger
from tests.ledger import tampering
from tests.ledger.conftest import BANK, LATER, NOW, SLAAGHWIJK, ZIJLWIJK, Books

MOMENT = datetime.timedelta(microseconds=1)
BOTH = (SLAAGHWIJK, ZIJLWIJK)
ELSEWHERE = "BU17420300"


def _flows(
    books: Books,
    since: datetime.datetime = NOW,
    until: datetime.datetime = LATER + MOMENT,
    codes: Sequence[str] = BOTH,
) -> list[tuple[str, int, int, int]]:
    flows = ledger.account_flows(
        books.session, timebank_id=BANK, neighbourhood_codes=codes, since=since, until=until
    )
    return [
        (f.neighbourhood_code, f.account_id, f.given_minutes, f.received_minutes) for f in flows
    ]


def test_balances_of_several_accounts_leave_the_unknown_out(books: Books) -> None:
    foreign = books.open_account(timebank_id=BANK + 1)
    books.posted(90)

    balances = ledger.balances_of(
        books.session, timebank_id=BANK, account_ids=[books.helper, books.helped, foreign, 17]
    )

    assert balances == {
        books.helper: books.balance(books.helper),
        books.helped: books.balance(books.helped),
    }


def test_balances_of_no_account_are_none(books: Books) -> None:
    assert ledger.balances_of(books.session, timebank_id=BANK, account_ids=[]) == {}


def test_a_statement_lists_the_entries_newest_first(books: Books) -> None:
    yesterday = NOW.date() - datetime.timedelta(days=1)
    first = books.posted(30, effective_on=yesterday)
    reservation = books.reserved(15)
    second = books.resolved("post_pending", reservation, now=LATER)

    newest, oldest = books.statement(books.helped)

    assert newest == ledger.StatementLine(
        seq=2,
        transfer_id=second,
        kind=ledger.TransferKind.POST_PENDING,
        refers_to=reservation,
        reversed_by=None,
        minutes=-15,
        balance_minutes=-45,
        effective_on=NOW.date(),
        recorded_at=LATER,
    )
    assert (oldest.seq, oldest.transfer_id, oldest.refers_to) == (1, first, None)
    assert (oldest.effective_on, oldest.recorded_at) == (yesterday, NOW)


def test_a_statement_goes_on_below_the_number_where_the_page_before_ended(books: Books) -> None:
    for minutes in range(1, 6):
        books.posted(minutes)

    pages = [
        books.statement(books.helper, limit=2, before_seq=before) for before in (None, 4, 2, 1)
    ]

    assert [[line.seq for line in page] for page in pages] == [[5, 4], [3, 2], [1], []]


def test_a_statement_has_fifty_lines_unless_said_otherwise(books: Books) -> None:
    for _ in range(51):
        ledger.post(books.session, books.order(), now=NOW)
    books.session.commit()

    lines = books.statement(books.helper)

    assert [lines[0].seq, lines[-1].seq, len(lines)] == [51, 2, 50]


def test_a_statement_names_the_reversal_at_the_line_that_it_undid(books: Books) -> None:
    first, second = books.posted(30), books.resolved("post_pending", books.reserved(15))
    reversal = books.resolved("reverse", first)

    lines = books.statement(books.helper)

    assert [(line.transfer_id, line.refers_to, line.reversed_by) for line in lines] == [
        (reversal, first, None),
        (second, books.transfer(second).refers_to, None),
        (first, None, reversal),
    ]


def test_a_statement_of_an_account_in_another_timebank_is_empty(books: Books) -> None:
    books.posted()

    lines = ledger.account_statement(books.session, timebank_id=BANK + 1, account_id=books.helper)

    assert list(lines) == []


def test_flows_tell_what_each_account_gave_and_received(books: Books) -> None:
    books.posted(90)
    books.posted(20, debit_account_id=books.helper, credit_account_id=books.helped)

    flows = _flows(books)

    assert flows == [(SLAAGHWIJK, books.helper, 90, 20), (ZIJLWIJK, books.helped, 20, 90)]


def test_flows_are_ordered_by_neighbourhood_and_account(books: Books) -> None:
    others = [books.open_account(ZIJLWIJK) for _ in range(4)]
    for other in others:
        books.posted(debit_account_id=other)

    flows = _flows(books)

    assert [(code, account) for code, account, *_ in flows] == [
        (SLAAGHWIJK, books.helper),
        *((ZIJLWIJK, account) for account in sorted(others)),
    ]


def test_flows_take_a_period_from_its_first_moment_until_before_its_last(books: Books) -> None:
    since = NOW + MOMENT
    books.posted(1, now=NOW)
    books.posted(2, now=since)
    books.posted(4, now=LATER - MOMENT)
    books.posted(8, now=LATER)

    flows = _flows(books, since=since, until=LATER)

    assert flows == [(SLAAGHWIJK, books.helper, 6, 0), (ZIJLWIJK, books.helped, 0, 6)]


def test_flows_leave_reservations_out(books: Books) -> None:
    books.resolved("void", books.reserved())
    books.reserved()

    assert _flows(books) == []


def test_flows_count_a_reversal_on_the_side_that_it_undoes(books: Books) -> None:
    books.posted(30)
    books.resolved("reverse", books.posted(90))

    flows = _flows(books)

    assert flows == [(SLAAGHWIJK, books.helper, 30, 0), (ZIJLWIJK, books.helped, 0, 30)]


def test_a_reversal_of_an_earlier_period_makes_a_side_negative(books: Books) -> None:
    books.resolved("reverse", books.posted(90, now=NOW), now=LATER)

    flows = _flows(books, since=LATER)

    assert flows == [(SLAAGHWIJK, books.helper, -90, 0), (ZIJLWIJK, books.helped, 0, -90)]


def test_flows_go_by_the_stamp_of_the_moment(books: Books) -> None:
    books.posted(30)
    books.move(books.helper, ELSEWHERE)
    books.posted(15)

    flows = _flows(books, codes=(SLAAGHWIJK, ELSEWHERE))

    assert flows == [(SLAAGHWIJK, books.helper, 30, 0), (ELSEWHERE, books.helper, 15, 0)]


def test_flows_leave_other_neighbourhoods_and_other_timebanks_out(books: Books) -> None:
    helper, helped = (books.open_account(timebank_id=BANK + 1) for _ in "ab")
    books.posted(timebank_id=BANK + 1, debit_account_id=helped, credit_account_id=helper)
    books.posted(90)

    flows = _flows(books, codes=[SLAAGHWIJK])

    assert flows == [(SLAAGHWIJK, books.helper, 90, 0)]


def test_pending_minutes_add_up_per_neighbourhood(books: Books) -> None:
    neighbour = books.open_account(SLAAGHWIJK)
    foreign = books.open_account(ELSEWHERE)
    books.open_account(SLAAGHWIJK, timebank_id=BANK + 1)
    books.reserved(30)
    books.reserved(15, credit_account_id=neighbour)
    books.reserved(5, debit_account_id=neighbour, credit_account_id=foreign)
    books.posted(1000)

    pending = ledger.pending_by_neighbourhood(
        books.session, timebank_id=BANK, neighbourhood_codes=[SLAAGHWIJK, ZIJLWIJK, "BU0"]
    )

    assert pending == {SLAAGHWIJK: (45, 5), ZIJLWIJK: (0, 45)}


def test_pending_minutes_of_another_timebank_do_not_count(books: Books) -> None:
    helper, helped = (books.open_account(timebank_id=BANK + 1) for _ in "ab")
    books.reserved(timebank_id=BANK + 1, debit_account_id=helped, credit_account_id=helper)

    pending = ledger.pending_by_neighbourhood(
        books.session, timebank_id=BANK, neighbourhood_codes=[SLAAGHWIJK]
    )

    assert pending == {SLAAGHWIJK: (0, 0)}


def test_the_trial_balance_adds_both_sides_of_all_accounts(books: Books) -> None:
    books.open_account(ELSEWHERE)
    books.open_account(timebank_id=BANK + 1)
    books.posted(90)
    books.resolved("reverse", books.posted(30))
    books.reserved(1000)

    trial = ledger.trial_balance(books.session, timebank_id=BANK)

    assert trial == ledger.TrialBalance(90, 90, 3)


def test_a_trial_balance_shows_both_sides_also_when_they_differ(books: Books) -> None:
    books.posted(90)

    tampering.tamper(books.session, tampering.change_account(books.helper, credited_minutes=91))

    trial = ledger.trial_balance(books.session, timebank_id=BANK)
    assert trial == ledger.TrialBalance(91, 90, 2)
    assert trial.balance_minutes == 1


def test_the_trial_balance_of_an_unknown_timebank_is_zero(books: Books) -> None:
    trial = ledger.trial_balance(books.session, timebank_id=BANK + 1)

    assert trial == ledger.TrialBalance(0, 0, 0)


def test_the_trial_balances_of_the_neighbourhoods_say_what_crossed_their_borders(
    books: Books,
) -> None:
    neighbour = books.open_account(SLAAGHWIJK)
    books.open_account(ELSEWHERE)
    books.open_account(timebank_id=BANK + 1)
    books.posted(90)
    books.posted(20, debit_account_id=neighbour)

    trials = ledger.trial_balance_by_neighbourhood(books.session, timebank_id=BANK)

    assert list(trials.items()) == [
        (SLAAGHWIJK, ledger.TrialBalance(110, 20, 2)),
        (ZIJLWIJK, ledger.TrialBalance(0, 90, 1)),
        (ELSEWHERE, ledger.TrialBalance(0, 0, 1)),
    ]
    assert [trial.balance_minutes for trial in trials.values()] == [90, -90, 0]


def test_a_neighbourhood_takes_the_whole_account_that_moves_into_it(books: Books) -> None:
    books.posted(90)

    books.move(books.helper, ELSEWHERE)

    trials = ledger.trial_balance_by_neighbourhood(books.session, timebank_id=BANK)
    assert {code: trial.balance_minutes for code, trial in trials.items()} == {
        ZIJLWIJK: -90,
        ELSEWHERE: 90,
    }


def test_an_unknown_timebank_has_no_neighbourhoods(books: Books) -> None:
    assert ledger.trial_balance_by_neighbourhood(books.session, timebank_id=BANK + 1) == {}


def test_transfers_are_counted_whatever_they_did(full_books: Books) -> None:
    foreign = [full_books.open_account(timebank_id=BANK + 1) for _ in "ab"]
    full_books.posted(
        timebank_id=BANK + 1, debit_account_id=foreign[0], credit_account_id=foreign[1]
    )

    counted = [
        ledger.count_transfers(full_books.session, timebank_id=BANK + number) for number in range(3)
    ]

    assert counted == [10, 1, 0]
