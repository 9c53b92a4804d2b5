# SPDX-License-Identifier: EUPL-1.2
"""The mails about signing in, in the language of who reads them. Subjects name nobody."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from flask_babel import gettext

from timebank.access.operations import Letter


@dataclasses.dataclass(frozen=True)
class SignIn:
    """What a mail about signing in needs: the timebank, the link and the six digits."""

    timebank_name: str
    phone: str
    link: str
    digits: str


Write = Callable[[SignIn], Letter]


def to_a_member(about: SignIn) -> Letter:
    """Write to a member who asked."""
    body = gettext(
        "Hello,\n\n"
        "Somebody, probably you, wants to sign in to %(name)s.\n"
        "Your code is:\n\n"
        "    %(digits)s\n\n"
        "Type it on the device where you asked for it.\n"
        "Or open this link there and press the button:\n\n"
        "%(link)s\n\n"
        "Both work once, for ten minutes. Give the code to nobody.\n"
        "Was it not you? Then you do not need to do anything.\n",
        name=about.timebank_name,
        digits=f"{about.digits[:3]} {about.digits[3:]}",
        link=about.link,
    )
    return Letter(gettext("Your code to sign in"), body)


def to_nobody(about: SignIn) -> Letter:
    """Write to an address that no member has; the same subject, so that it tells nothing."""
    body = gettext(
        "Hello,\n\n"
        "Somebody wants to sign in to %(name)s with this e-mail address.\n"
        "We do not know this address. Perhaps you gave us another one?\n"
        "Call us, we are glad to help: %(phone)s.\n"
        "Was it not you? Then you do not need to do anything.\n",
        name=about.timebank_name,
        phone=about.phone,
    )
    return Letter(gettext("Your code to sign in"), body)
