# SPDX-License-Identifier: EUPL-1.2
"""The marker ``policy("L3")`` and the table that `make policy` prints.

A test that plays the scenario of a row of docs/policy.md bears the row's id. The table shows every
row with the tests that play it and their outcome, and says which rows nobody plays yet.
"""

from __future__ import annotations

import pathlib
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

POLICY = pathlib.Path(__file__).parent.parent / "docs" / "policy.md"
_ROW = re.compile(r"^\| ([LDWKV]\d{1,2}) \| (.+?) \|", re.MULTILINE)


def policy_rows() -> dict[str, str]:
    """Return what is asked, by row id, in the order of the document."""
    return dict(_ROW.findall(POLICY.read_text("utf-8")))


class PolicyReport:
    """Collects which tests bear which row, and how they ended."""

    def __init__(self) -> None:
        self.rows: dict[str, list[str]] = defaultdict(list)
        self.outcomes: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        known = policy_rows()
        for item in items:
            for marker in item.iter_markers("policy"):
                for row in marker.args:
                    if row not in known:
                        raise pytest.UsageError(f"{item.nodeid} plays the unknown row {row}")
                    self.rows[row].append(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.nodeid] = report.outcome

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in self.table():
            terminalreporter.write_line(line)

    def table(self) -> Iterator[str]:
        known = policy_rows()
        yield ""
        yield "Promises by row of docs/policy.md"
        for row, asked in known.items():
            tests = sorted({test.partition("[")[0] for test in self.rows.get(row, [])})
            if not tests:
                continue
            yield f"{row:4} {asked}"
            for test in tests:
                ended = {
                    self.outcomes.get(full, "not run")
                    for full in self.rows[row]
                    if full.partition("[")[0] == test
                }
                yield f"       {', '.join(sorted(ended)):8} {test}"
        nobody = [row for row in known if row not in self.rows]
        yield ""
        yield f"{len(known) - len(nobody)} of {len(known)} rows are played by tests."
        yield f"Not played yet: {' '.join(nobody)}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--policy-report", action="store_true", help="print the table of promises by policy row"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--policy-report"):
        config.pluginmanager.register(PolicyReport(), "policy-report-table")
