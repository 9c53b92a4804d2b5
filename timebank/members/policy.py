# SPDX-License-Identifier: EUPL-1.2
"""Who may do what, as plain values: roles, permissions, and the actor who asks.

Rules ask for permissions, never for roles, so that a new role is one line in ``ALLOWED``. Nobody is
only a helper or only a client: roles add up and have dates (policy row L12).
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import uuid

from timebank.members.errors import BirthYearImpossible, NotPermitted, TooYoung

LEAST_AGE = 16
"""Who is younger takes part together with a parent, on that parent's account."""
_OLDEST_AGE = 120


class Role(enum.StrEnum):
    """What somebody is in a timebank; one person can be several of these at once."""

    RESIDENT = "resident"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    MUNICIPALITY_READER = "municipality_reader"
    PROFESSIONAL = "professional"


class Permission(enum.StrEnum):
    """What a page or an operation asks for."""

    LOG_EXCHANGES = "exchange:log"
    LOG_FOR_OTHERS = "exchange:log_for_others"
    FILL_IN_FORMS = "form:fill_in"
    IMPORT_EXCHANGES = "exchange:import"
    EXPORT_EXCHANGES = "exchange:export"
    OPEN_BALANCES = "balance:open"
    READ_OWN_STATEMENT = "statement:read"
    DECIDE_EXCHANGES = "exchange:decide"
    READ_EXACT_FIGURES = "figures:read"
    READ_PUBLISHED_REPORTS = "report:read"
    SEE_HOME = "home:see"
    READ_PEOPLE = "people:read"
    ENROL = "people:enrol"
    KEEP_SUPPORT = "support:keep"
    TRUST_SOMEBODY = "trust:give"
    READ_WHO_CONSENTED = "people:consented"
    GRANT_ROLES = "roles:grant"
    MANAGE_OWN_DATA = "own_data:manage"
    WRITE_NOTES = "note:write"
    READ_NOTES_FOR_A_REASON = "note:read_for_a_reason"
    ERASE_MEMBERS = "member:erase"
    READ_AUDIT = "audit:read"
    CHANGE_RULES = "rule:change"
    ALLOW_OVERRIDES = "override:allow"
    RAISE_CONCERNS = "concern:raise"
    HANDLE_CONCERNS = "concern:handle"
    HANDLE_REFERRALS = "referral:handle"
    KEEP_WISHES = "wish:keep"
    HELP_WITH_WISHES = "wish:help"


_OF_EVERYONE = frozenset({Permission.SEE_HOME, Permission.MANAGE_OWN_DATA})
_COORDINATES = _OF_EVERYONE | {
    Permission.DECIDE_EXCHANGES,
    Permission.READ_EXACT_FIGURES,
    Permission.READ_PUBLISHED_REPORTS,
    Permission.READ_PEOPLE,
    Permission.ENROL,
    Permission.KEEP_SUPPORT,
    Permission.LOG_FOR_OTHERS,
    Permission.FILL_IN_FORMS,
    Permission.ALLOW_OVERRIDES,
    Permission.HANDLE_CONCERNS,
    Permission.HANDLE_REFERRALS,
    Permission.HELP_WITH_WISHES,
    Permission.IMPORT_EXCHANGES,
    Permission.EXPORT_EXCHANGES,
}

ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.RESIDENT: _OF_EVERYONE
    | {
        Permission.LOG_EXCHANGES,
        Permission.FILL_IN_FORMS,
        Permission.READ_OWN_STATEMENT,
        Permission.TRUST_SOMEBODY,
        Permission.RAISE_CONCERNS,
        Permission.KEEP_WISHES,
    },
    Role.COORDINATOR: _COORDINATES | {Permission.WRITE_NOTES},
    Role.ADMINISTRATOR: _COORDINATES
    | {
        Permission.GRANT_ROLES,
        Permission.READ_NOTES_FOR_A_REASON,
        Permission.ERASE_MEMBERS,
        Permission.READ_AUDIT,
        Permission.CHANGE_RULES,
        Permission.OPEN_BALANCES,
    },
    Role.MUNICIPALITY_READER: _OF_EVERYONE | {Permission.READ_PUBLISHED_REPORTS},
    Role.PROFESSIONAL: _OF_EVERYONE | {Permission.READ_WHO_CONSENTED},
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


def check_age(birth_year: int, *, today: datetime.date) -> None:
    """Refuse who cannot have become ``LEAST_AGE`` this year; the day of birth is not asked.

    Raises:
        BirthYearImpossible: nobody alive was born in that year.
        TooYoung: the person becomes sixteen after this year.
    """
    if not today.year - _OLDEST_AGE <= birth_year <= today.year:
        raise BirthYearImpossible(birth_year)
    if today.year - birth_year < LEAST_AGE:
        raise TooYoung(LEAST_AGE)
