# SPDX-License-Identifier: EUPL-1.2
"""What a proof of the books returns when a rule is broken."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Violation:
    """One broken rule: which, where, and the figures that show it."""

    rule: str
    subject: str
    detail: str

    def __str__(self) -> str:
        """Say it on one line, as the command prints it."""
        return f"{self.rule}: {self.subject}: {self.detail}"
