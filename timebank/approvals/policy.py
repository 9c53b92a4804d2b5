# SPDX-License-Identifier: EUPL-1.2
"""Who may decide about an exchange. Pure: plain values in, a refusal or nothing out."""

from __future__ import annotations

import uuid

from timebank.approvals.errors import OwnExchange
from timebank.exchanges.policy import check_may_see, takes_part
from timebank.members.policy import Actor, Permission


def check_may_decide(
    actor: Actor,
    *,
    helper_id: uuid.UUID,
    helped_id: uuid.UUID,
    neighbourhood_codes: tuple[str, str],
) -> None:
    """Refuse a decision about one's own exchange, or about one out of reach.

    An exchange between two neighbourhoods may be decided by the coordinators of either.

    Raises:
        UnknownExchange: out of reach; whether it exists is not told.
        NotPermitted: the actor decides about no exchanges at all.
        OwnExchange: the actor took part in it (policy row L17).
    """
    check_may_see(
        actor,
        helper_id=helper_id,
        helped_id=helped_id,
        neighbourhood_codes=neighbourhood_codes,
    )
    actor.require(Permission.DECIDE_EXCHANGES)
    if takes_part(actor, helper_id=helper_id, helped_id=helped_id):
        raise OwnExchange
