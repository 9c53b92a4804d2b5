# SPDX-License-Identifier: EUPL-1.2
"""How long a session lasts, and who must prove more than others. Plain values only."""

from __future__ import annotations

import dataclasses
import datetime

from timebank.members.policy import ALLOWED, Actor, Role

_OF_ONES_OWN = ALLOWED[Role.RESIDENT] | ALLOWED[Role.MUNICIPALITY_READER]
"""What concerns oneself, or is for everyone; whoever may do more must prove more."""


@dataclasses.dataclass(frozen=True)
class Terms:
    """How long a session lasts.

    Attributes:
        lifetime: from signing in, whatever happens.
        idle: without a page being opened; None: it does not matter.
    """

    lifetime: datetime.timedelta
    idle: datetime.timedelta | None


OWN_DEVICE = Terms(datetime.timedelta(days=30), None)
"""A resident's own phone: remembered for a month."""
SHARED_DEVICE = Terms(datetime.timedelta(hours=12), datetime.timedelta(minutes=30))
"""The computer of the library: gone when nobody touches it for half an hour."""
STAFF = Terms(datetime.timedelta(hours=12), datetime.timedelta(minutes=30))
"""Who sees other people's data signs in each day. Source: ASVS 5.0, 7.3.1 and 7.3.2."""


def terms_of(*, staff: bool, shared: bool) -> Terms:
    """Return how long a session lasts for this kind of person on this kind of device."""
    if staff:
        return STAFF
    return SHARED_DEVICE if shared else OWN_DEVICE


def is_staff(actor: Actor) -> bool:
    """Say whether somebody sees more than their own data, and so must prove more."""
    return any(not ALLOWED[grant.role] <= _OF_ONES_OWN for grant in actor.grants)
