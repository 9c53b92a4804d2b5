# SPDX-License-Identifier: EUPL-1.2
"""What the room of asking refuses."""

from __future__ import annotations

from timebank.exchanges.errors import ExchangeError


class QuestionEmpty(ExchangeError):
    """A question needs words."""

    field = "question"

    def __init__(self) -> None:
        super().__init__("a question needs words")


class AnswerEmpty(ExchangeError):
    """An answer needs words."""

    field = "answer"

    def __init__(self) -> None:
        super().__init__("an answer needs words")


class NothingAsked(ExchangeError):
    """There is no question that waits for this actor's answer."""

    def __init__(self) -> None:
        super().__init__("no question waits")
