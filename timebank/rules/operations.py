# SPDX-License-Identifier: EUPL-1.2
"""Writing rules: change those of one neighbourhood. The door commits."""

from __future__ import annotations

import dataclasses
import datetime

from sqlalchemy.orm import Session

import ledger
from timebank.areas.models import Neighbourhood
from timebank.audit.operations import write_down_by
from timebank.members.policy import Actor, Permission
from timebank.rules.errors import UnknownPlace
from timebank.rules.models import NeighbourhoodRule
from timebank.rules.policy import Rules, check_rules


def change_rules(
    session: Session, code: str, rules: Rules, *, by: Actor, now: datetime.datetime
) -> None:
    """Let these rules count in a neighbourhood from now on; what was decided stays.

    Raises:
        NotPermitted: the actor changes no rules.
        UnknownPlace: the timebank has no such neighbourhood.
        RuleOutOfBounds: a value does not fit.
    """
    by.require(Permission.CHANGE_RULES)
    if session.get(Neighbourhood, (by.timebank_id, code)) is None:
        raise UnknownPlace
    check_rules(rules)
    values = dataclasses.asdict(rules) | {"changed_at": now, "changed_by": by.member_id}
    session.execute(
        ledger.insert_or_conflict(session, NeighbourhoodRule)
        .values(timebank_id=by.timebank_id, neighbourhood_code=code, **values)
        .on_conflict_do_update(index_elements=["timebank_id", "neighbourhood_code"], set_=values)
    )
    session.expire_all()
    write_down_by(session, "rule:change", by, now=now)
