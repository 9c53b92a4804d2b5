# SPDX-License-Identifier: EUPL-1.2
"""What the room of members refuses."""

from __future__ import annotations

import uuid


class MemberError(Exception):
    """Anything this room refuses; ``field`` names the question at which it belongs."""

    field: str | None = None


class NotPermitted(MemberError):
    """The actor may not do this here."""

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(f"{permission} is not allowed to this actor")


class UnknownMember(MemberError):
    """The timebank has no such member."""

    def __init__(self, member_id: uuid.UUID | None) -> None:
        self.member_id = member_id
        super().__init__("the timebank has no such member")


class UnknownNeighbourhood(MemberError):
    """The timebank did not switch this neighbourhood on."""

    field = "neighbourhood"

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"the timebank has no neighbourhood {code!r:.20}")


class EmailTaken(MemberError):
    """Another member of the timebank has this e-mail address."""

    field = "email"

    def __init__(self) -> None:
        super().__init__("another member has this e-mail address")


class TooYoung(MemberError):
    """Who is younger than this takes part together with a parent."""

    field = "birth_year"

    def __init__(self, least_age: int) -> None:
        self.least_age = least_age
        super().__init__(f"nobody under {least_age} is enrolled")


class BirthYearImpossible(MemberError):
    """Nobody alive was born in this year."""

    field = "birth_year"

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(f"nobody alive was born in {year}")


class PossibleDuplicate(MemberError):
    """Somebody with this name, year of birth and neighbourhood is a member (policy row K10)."""

    def __init__(self, members: tuple[tuple[uuid.UUID, str], ...]) -> None:
        self.members = members
        super().__init__(f"{len(members)} members look like this person")


class OwnRole(MemberError):
    """Nobody gives a role to themselves."""

    def __init__(self) -> None:
        super().__init__("somebody else must give this role")


class LastAdministrator(MemberError):
    """A timebank always keeps one administrator."""

    def __init__(self) -> None:
        super().__init__("this is the last administrator")


class RoleNeedsPlace(MemberError):
    """A coordinator coordinates somewhere, and no other role has a neighbourhood."""

    field = "neighbourhood"

    def __init__(self) -> None:
        super().__init__("a coordinator needs a neighbourhood, other roles have none")


class RoleNeedsAccount(MemberError):
    """A resident has an account; who takes no part in exchanges has none."""

    field = "role"

    def __init__(self) -> None:
        super().__init__("only somebody with an account is a resident")


class EndsTooEarly(MemberError):
    """The last day of a role lies before today."""

    field = "ends_on"

    def __init__(self) -> None:
        super().__init__("the role would never count")
