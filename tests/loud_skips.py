# SPDX-License-Identifier: EUPL-1.2
"""Say aloud, once and with the count, which tests were skipped. Also with several workers."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({str(report.longrepr[2]) for report in skipped})
    if skipped:
        terminalreporter.write_line(
            f"!!! {len(skipped)} TESTS WERE SKIPPED: {'; '.join(reasons)} !!!", red=True, bold=True
        )
