# SPDX-License-Identifier: EUPL-1.2
"""Who may do what, as plain values: roles, permissions, and the actor who asks.

Rules ask for permissions, never for roles, so that a new role is one line in ``ALLOWED``. Nobody is
only a helper or only a client: roles add up and have dates (policy row L12).
"""

from __future__ import annotations

import dataclasses
import enum
import uuid

from timebank.members.errors import NotPermitted


class Role(enum.StrEnum):
    """What somebody is in a timebank; one person can be several of these at once."""

    RESIDENT = "resident"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    MUNICIPALITY_READER = "municipality_reader"


class Permission(enum.StrEnum):
    """What a page or an operation asks for."""

    LOG_EXCHANGES = "exchange:log"
    READ_OWN_STATEMENT = "statement:read"
    DECIDE_EXCHANGES = "exchange:decide"
    READ_EXACT_FIGURES = "figures:read"
    SEE_HOME = "home:see"
    MANAGE_OWN_DATA = "own_data:manage"
    WRITE_NOTES = "note:write"
    READ_NOTES_FOR_A_REASON = "note:read_for_a_reason"
    ERASE_MEMBERS = "member:erase"
    READ_AUDIT = "audit:read"


_OF_EVERYONE = frozenset({Permission.SEE_HOME, Permission.MANAGE_OWN_DATA})

ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.RESIDENT: _OF_EVERYONE | {Permission.LOG_EXCHANGES, Permission.READ_OWN_STATEMENT},
    Role.COORDINATOR: _OF_EVERYONE
    | {Permission.DECIDE_EXCHANGES, Permission.READ_EXACT_FIGURES, Permission.WRITE_NOTES},
    Role.ADMINISTRATOR: _OF_EVERYONE
    | {
        Permission.DECIDE_EXCHANGES,
        Permission.READ_EXACT_FIGURES,
        Permission.READ_NOTES_FOR_A_REASON,
        Permission.ERASE_MEMBERS,
        Permission.READ_AUDIT,
    },
    Role.MUNICIPALITY_READER: _OF_EVERYONE,
}

EVERYWHERE = frozenset({Role.ADMINISTRATOR})
"""Roles that reach every neighbourhood of their timebank without naming one."""


@dataclasses.dataclass(frozen=True)
class Reach:
    """The neighbourhoods in which a permission counts."""

    everywhere: bool
    codes: frozenset[str]

    def covers(self, code: str | None) -> bool:
        """Say whether the permission counts in this neighbourhood."""
        return self.everywhere or code in self.codes

    def __bool__(self) -> bool:
        """Say whether the permission counts anywhere."""
        return self.everywhere or bool(self.codes)


@dataclasses.dataclass(frozen=True)
class Grant:
    """A role that counts today, for one neighbourhood or without one."""

    role: Role
    neighbourhood_code: str | None


@dataclasses.dataclass(frozen=True)
class Actor:
    """Who asks: a member with the roles that count today.

    Attributes:
        member_id: None for the organisation itself, which types in through the command line.
        account_id: the member's account; None for who takes no part in exchanges.
    """

    timebank_id: int
    member_id: uuid.UUID | None
    grants: tuple[Grant, ...]
    given_name: str = ""
    full_name: str = ""
    account_id: int | None = None
    neighbourhood_code: str | None = None

    def can(self, permission: Permission) -> bool:
        """Say whether any of the roles allows this, in whatever neighbourhood."""
        return any(permission in ALLOWED[grant.role] for grant in self.grants)

    def reach(self, permission: Permission) -> Reach:
        """Say where this is allowed."""
        allowing = [grant for grant in self.grants if permission in ALLOWED[grant.role]]
        return Reach(
            everywhere=any(grant.role in EVERYWHERE for grant in allowing),
            codes=frozenset(
                grant.neighbourhood_code for grant in allowing if grant.neighbourhood_code
            ),
        )

    def require(self, permission: Permission) -> None:
        """Refuse when no role allows this.

        Raises:
            NotPermitted: it is not allowed.
        """
        if not self.can(permission):
            raise NotPermitted(permission)


def organisation(timebank_id: int) -> Actor:
    """Return the actor for commands that the organisation gives on its own machine."""
    return Actor(
        timebank_id=timebank_id,
        member_id=None,
        grants=(Grant(Role.RESIDENT, None), Grant(Role.ADMINISTRATOR, None)),
    )
