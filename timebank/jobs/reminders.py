# SPDX-License-Identifier: EUPL-1.2
"""The job that reminds people of tomorrow, and the words of its mail."""

from __future__ import annotations

from flask_babel import force_locale, format_date, gettext

from timebank import clock
from timebank.appointments.models import Appointment
from timebank.areas.models import Timebank
from timebank.calls.operations import Letter
from timebank.extensions import db
from timebank.jobs.desk import base_address
from timebank.reminders.operations import remind_of_tomorrow


def remind_people(timebank_id: int) -> int:
    """Remind both people of each appointment of tomorrow, once, in a transaction of this timebank.

    Run at any hour: before ten on the Dutch clock it does nothing.
    """
    timebank = db.session.get_one(Timebank, timebank_id)

    def letter(appointment: Appointment) -> Letter:
        return _letter(timebank, appointment)

    reminded = remind_of_tomorrow(
        db.session, timebank_id=timebank_id, now=clock.now(), letter=letter
    )
    db.session.commit()
    return reminded


def _letter(timebank: Timebank, appointment: Appointment) -> Letter:
    """Write the mail: the day and the time. No name, no kind of help, no words of anybody."""

    def letter(language: str) -> tuple[str, str]:
        with force_locale(language):
            day = format_date(appointment.happens_on, format="EEEE d MMMM")
            when = gettext("You have an appointment tomorrow, %(day)s.", day=day)
            if appointment.at_time is not None:
                when = gettext(
                    "You have an appointment tomorrow, %(day)s, at %(time)s.",
                    day=day,
                    time=appointment.at_time.strftime("%H:%M"),
                )
            return gettext("You have an appointment tomorrow"), gettext(
                "Hello,\n\n"
                "%(when)s Read here with whom and where:\n\n"
                "%(link)s\n\n"
                "Can you not come? Move it or call it off on that page, or call"
                " %(contact)s: %(phone)s.\n",
                when=when,
                link=f"{base_address()}/appointments/{appointment.id}",
                contact=timebank.contact_name,
                phone=timebank.contact_phone,
            )

    return letter
