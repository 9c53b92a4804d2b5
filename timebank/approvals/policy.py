# SPDX-License-Identifier: EUPL-1.2
"""Who may decide about an exchange. Pure: plain values in, a refusal or nothing out."""

from __future__ import annotations

import dataclasses
import enum
import uuid

from timebank.approvals.errors import OwnExchange, ReasonMissing, WordsMissing
from timebank.exchanges.policy import check_may_see, check_note, takes_part
from timebank.exchanges.workflow import RejectionReason
from timebank.lettering import readable
from timebank.members.policy import Actor, Permission


class DecisionKind(enum.StrEnum):
    """What a coordinator may decide."""

    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"


@dataclasses.dataclass(frozen=True)
class Decision:
    """What a coordinator decided, for one exchange or for many alike."""

    kind: DecisionKind
    reason: RejectionReason | None = None
    words: str = ""


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


def check_decision(decision: Decision) -> None:
    """Refuse a decision that lacks its reason or its words.

    Raises:
        ReasonMissing, WordsMissing, NoteTooLong, NoteNotReadable
    """
    words = readable(decision.words)
    if decision.kind is DecisionKind.REJECT:
        other = decision.reason is RejectionReason.OTHER
        if decision.reason is None or (other and not words):
            raise ReasonMissing
    if decision.kind is DecisionKind.RETURN and not words:
        raise WordsMissing
    check_note(decision.words.strip())
