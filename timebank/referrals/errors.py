# SPDX-License-Identifier: EUPL-1.2
"""What the room of referrals refuses: one class per cause."""

from __future__ import annotations


class ReferralError(Exception):
    """Anything this room refuses about a referral; ``field`` names the question."""

    field = "partner"


class PartnerMissing(ReferralError):
    """Nobody said to whom."""

    def __init__(self) -> None:
        super().__init__("a hand-over is to a partner")


class ConsentMissing(ReferralError):
    """Nobody is handed over who did not agree. Source: policy row V6."""

    field = "consent"

    def __init__(self) -> None:
        super().__init__("the person must have agreed")


class ReferralOutcomeMissing(ReferralError):
    """Nobody said how it went."""

    field = "outcome"

    def __init__(self) -> None:
        super().__init__("an outcome is one of the list")


class ReferralKeyUsed(Exception):
    """The key of the form was used for somebody else: answering as the first time would mislead."""

    def __init__(self) -> None:
        super().__init__("the key of the form was used for another referral")


class UnknownReferral(Exception):
    """There is no referral within reach; whether it exists is not told."""

    def __init__(self) -> None:
        super().__init__("no such referral within reach")


class ReferralClosed(Exception):
    """A colleague was first."""

    def __init__(self) -> None:
        super().__init__("this referral has moved on")
