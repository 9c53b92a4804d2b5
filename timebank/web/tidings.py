# SPDX-License-Identifier: EUPL-1.2
"""The words of mails about joining, help that was filled in and appointments. No subject holds a
name.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import current_app, request, url_for
from flask_babel import force_locale, gettext

from timebank.areas.models import Timebank
from timebank.calls.operations import Letter


def address_of(endpoint: str, **parts: Any) -> str:  # noqa: ANN401 - as url_for takes them
    """Return the whole address of a page, as it stands in a mail or on paper."""
    base = current_app.config["TIMEBANK_PUBLIC_URL"] or request.host_url.rstrip("/")
    return str(base) + url_for(endpoint, **parts)


def _letter(words: Callable[[], tuple[str, str]]) -> Letter:
    """Return a mail whose subject and body are said in the language of who gets it."""

    def letter(language: str) -> tuple[str, str]:
        with force_locale(language):
            return words()

    return letter


def _contact(timebank: Timebank) -> dict[str, str]:
    """Return whom to call, as every mail ends with it."""
    return {"contact": timebank.contact_name, "phone": timebank.contact_phone}


def welcome(timebank: Timebank) -> Letter:
    """Return the mail for somebody who takes part from now on."""
    return _letter(
        lambda: (
            gettext("You can take part"),
            gettext(
                "Hello,\n\n"
                "Welcome to %(name)s. You can sign in here with this e-mail address:\n\n"
                "%(link)s\n\n"
                "Questions? Call %(contact)s: %(phone)s.\n",
                name=timebank.name,
                link=address_of("sign_in.choose"),
                **_contact(timebank),
            ),
        )
    )


def declined(timebank: Timebank) -> Letter:
    """Return the mail for somebody who cannot take part."""
    return _letter(
        lambda: (
            gettext("About your application"),
            gettext(
                "Hello,\n\n"
                "Thank you for your application to %(name)s.\n"
                "You cannot take part at this moment. We deleted what you filled in.\n"
                "Do you want to talk about it? Call %(contact)s: %(phone)s.\n",
                name=timebank.name,
                **_contact(timebank),
            ),
        )
    )


def filled_in(timebank: Timebank) -> Letter:
    """Return the mail for somebody for whom help was written down."""
    return _letter(
        lambda: (
            gettext("Help was written down for you"),
            gettext(
                "Hello,\n\n"
                "Somebody filled in the form of %(name)s for you. You can read it here:\n\n"
                "%(link)s\n\n"
                "Is it not right? Take it back on that page, or call %(contact)s: %(phone)s.\n",
                name=timebank.name,
                link=address_of("home.start"),
                **_contact(timebank),
            ),
        )
    )


def question_asked(timebank: Timebank, exchange_id: uuid.UUID) -> Letter:
    """Return the mail for who is asked something about help that waits. It tells no question."""

    def letter(language: str) -> tuple[str, str]:
        with force_locale(language):
            return gettext("A coordinator asks you something"), gettext(
                "Hello,\n\n"
                "A coordinator of %(name)s has a question about help that was written down. Read"
                " and answer it here:\n\n"
                "%(link)s\n\n"
                "Do you like to answer by telephone? Call %(contact)s: %(phone)s.\n",
                name=timebank.name,
                link=address_of("exchanges.show", exchange_id=exchange_id),
                contact=timebank.contact_name,
                phone=timebank.contact_phone,
            )

    return letter


def looked_at_again(timebank: Timebank) -> Letter:
    """Return the mail for the two whose help was not approved, and is looked at once more."""

    def letter(language: str) -> tuple[str, str]:
        with force_locale(language):
            return gettext("We look at it once more"), gettext(
                "Hello,\n\n"
                "Help that you took part in was not approved. A coordinator looks at it once"
                " more. You do not need to do anything. Read it here:\n\n"
                "%(link)s\n\n"
                "Questions? Call %(contact)s: %(phone)s.\n",
                link=address_of("home.start"),
                contact=timebank.contact_name,
                phone=timebank.contact_phone,
            )

    return letter


def appointment_news(timebank: Timebank, appointment_id: uuid.UUID, what: str) -> Letter:
    """Return the mail for the one who did not write down, move or call off an appointment.

    Args:
        what: ``made``, ``moved`` or ``called_off``.
    """

    def words() -> tuple[str, str]:
        subject, happened = {
            "made": (
                gettext("You have a new appointment"),
                gettext("Somebody wrote down an appointment with you."),
            ),
            "moved": (
                gettext("Your appointment is on another day"),
                gettext("An appointment with you is on another day now."),
            ),
            "called_off": (
                gettext("Your appointment was called off"),
                gettext("An appointment with you does not go ahead. That can happen."),
            ),
        }[what]
        return subject, gettext(
            "Hello,\n\n"
            "%(happened)s Read it here:\n\n"
            "%(link)s\n\n"
            "Is it not right? Say so on that page, or call %(contact)s: %(phone)s.\n",
            happened=happened,
            link=address_of("appointments.show", appointment_id=appointment_id),
            **_contact(timebank),
        )

    return _letter(words)


def somebody_wants_to_help(timebank: Timebank, need_id: uuid.UUID) -> Letter:
    """Return the mail for who looks for help, when a neighbour said yes. It names nobody."""
    return _letter(
        lambda: (
            gettext("A neighbour wants to help you"),
            gettext(
                "Hello,\n\n"
                "You looked for help. A neighbour likes to do it. Read here who it is, and say"
                " whether it suits you:\n\n"
                "%(link)s\n\n"
                "You decide. Questions? Call %(contact)s: %(phone)s.\n",
                link=address_of("offers.show", need_id=need_id),
                **_contact(timebank),
            ),
        )
    )


def asked_in_person(timebank: Timebank, need_id: uuid.UUID) -> Letter:
    """Return the mail for who is asked by a coordinator whether they want to do something."""
    return _letter(
        lambda: (
            gettext("We ask you something"),
            gettext(
                "Hello,\n\n"
                "Somebody near you looks for help. We thought of you. Read here what it is:\n\n"
                "%(link)s\n\n"
                "Saying no is always fine. Questions? Call %(contact)s: %(phone)s.\n",
                link=address_of("suggestions.show", need_id=need_id),
                **_contact(timebank),
            ),
        )
    )
