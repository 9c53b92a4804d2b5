# SPDX-License-Identifier: EUPL-1.2
"""How values become words on a page: durations, days, sentences. Whole sentences come from the
catalogue; nothing is glued together from parts, because no two languages glue alike.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from babel.lists import format_list
from flask import Flask
from flask_babel import format_date, get_locale, gettext, ngettext

from timebank import clock
from timebank.appointments.queries import AppointmentRow
from timebank.categories.models import HelpCategory
from timebank.exchanges.queries import ExchangeRow
from timebank.preferences.policy import DayPart

_HOUR = 60


def duration(minutes: int) -> str:
    """Say how long, exactly: "1 uur en 30 minuten". A sign is not said."""
    hours, rest = divmod(abs(minutes), _HOUR)
    if not hours:
        return ngettext("%(num)s minute", "%(num)s minutes", rest)
    if not rest:
        return ngettext("%(num)s hour", "%(num)s hours", hours)
    return gettext(
        "%(hours)s and %(minutes)s",
        hours=ngettext("%(num)s hour", "%(num)s hours", hours),
        minutes=ngettext("%(num)s minute", "%(num)s minutes", rest),
    )


def short_duration(minutes: int) -> str:
    """Say how long within a table: "65 u 45 min". Below zero only where a correction took back."""
    hours, rest = divmod(abs(minutes), _HOUR)
    sign = "−" if minutes < 0 else ""
    if not rest:
        return sign + gettext("%(hours)s h", hours=hours)
    if not hours:
        return sign + gettext("%(minutes)s min", minutes=rest)
    return sign + gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)


def spoken_duration(minutes: int) -> str:
    """Say how long as people say it within a sentence: "anderhalf uur", "een kwartier"."""
    said = {
        15: gettext("a quarter of an hour"),
        30: gettext("half an hour"),
        45: gettext("three quarters of an hour"),
        60: gettext("an hour"),
        90: gettext("an hour and a half"),
    }
    return said.get(minutes) or duration(minutes)


def net_words(minutes: int) -> str:
    """Say which way the difference goes, in words and without shame."""
    if minutes > 0:
        return gettext("%(duration)s more given", duration=duration(minutes))
    if minutes < 0:
        return gettext("%(duration)s more received", duration=duration(minutes))
    return gettext("As much given as received")


def long_day(day: datetime.date) -> str:
    """Say a day in full: "maandag 9 maart 2026"."""
    pattern = "EEEE d MMMM y"
    return format_date(day, format=pattern)


def short_day(day: datetime.date) -> str:
    """Say a day briefly: "9 maart 2026"."""
    return format_date(day, format="d MMMM y")


def day_of_moment(moment: datetime.datetime) -> str:
    """Say on which day in the Netherlands a moment fell."""
    return short_day(clock.day_of(moment))


def time_of_moment(moment: datetime.datetime) -> str:
    """Say at what time in the Netherlands a moment fell: "14:05"."""
    return moment.astimezone(clock.AMSTERDAM).strftime("%H:%M")


def clock_time(moment: datetime.datetime) -> str:
    """Say at what second in the Netherlands a moment falls: "14:05:09"."""
    return moment.astimezone(clock.AMSTERDAM).strftime("%H:%M:%S")


def label(category: HelpCategory) -> str:
    """Return the word for a kind of help in the language of the page."""
    return category.label_en if _english() else category.label_nl


def refer(category: HelpCategory) -> str:
    """Return whom to call, in the language of the page."""
    return category.refer_en if _english() else category.refer_nl


def sentence(
    helper: str | None,
    helped: str | None,
    minutes: int,
    category: HelpCategory,
    day: datetime.date,
) -> str:
    """Retell an exchange: "Fatima hielp Jan anderhalf uur met boodschappen op maandag …"."""
    return gettext(
        "%(helper)s helped %(helped)s for %(duration)s %(with_what)s on %(day)s.",
        helper=helper or gettext("A former member"),
        helped=helped or gettext("a former member"),
        duration=spoken_duration(minutes),
        with_what=_with_what(category),
        day=long_day(day),
    )


def _with_what(category: HelpCategory) -> str:
    """Return the words that end the sentence; work by exception has none of its own."""
    phrase = category.phrase_en if _english() else category.phrase_nl
    kind = label(category)
    return phrase or f"({kind[:1].lower()}{kind[1:]})"


def retell(exchange: ExchangeRow, categories: dict[str, HelpCategory]) -> str:
    """Retell a stored exchange."""
    return sentence(
        exchange.helper_name,
        exchange.helped_name,
        exchange.minutes,
        categories[exchange.category_code],
        exchange.helped_on,
    )


def promise(appointment: AppointmentRow, categories: dict[str, HelpCategory]) -> str:
    """Say what was agreed, without the day: "Fatima helpt Jan met boodschappen."."""
    return gettext(
        "%(helper)s helps %(helped)s %(with_what)s.",
        helper=appointment.helper_name or gettext("A former member"),
        helped=appointment.helped_name or gettext("a former member"),
        with_what=_with_what(categories[appointment.category_code]),
    )


def agreed_moment(appointment: AppointmentRow) -> str:
    """Say when: "maandag 9 maart 2026, om 14:30" or "maandag 9 maart 2026, 's middags"."""
    day = long_day(appointment.happens_on)
    if appointment.at_time is not None:
        clock_says = appointment.at_time.strftime("%H:%M")
        return gettext("%(day)s, at %(time)s", day=day, time=clock_says)
    match appointment.part:
        case DayPart.MORNING:
            return gettext("%(day)s, in the morning", day=day)
        case DayPart.AFTERNOON:
            return gettext("%(day)s, in the afternoon", day=day)
        case DayPart.EVENING:
            return gettext("%(day)s, in the evening", day=day)
    return day


def quarter_name(year: int, number: int) -> str:
    """Name a quarter by its months: "april, mei en juni 2026"."""
    names = [
        gettext("January, February and March"),
        gettext("April, May and June"),
        gettext("July, August and September"),
        gettext("October, November and December"),
    ]
    return gettext("%(months)s %(year)s", months=names[number - 1], year=year)


def month_name(day: datetime.date) -> str:
    """Name the month of a day: "maart 2026"."""
    return format_date(day, "LLLL y")


def in_a_row(names: Sequence[str]) -> str:
    """Say names after each other: "Leyhof, Voorhof en Winkelhof"."""
    return format_list(names, locale=get_locale())


def register_filters(app: Flask) -> None:
    """Make the words available in every template."""
    app.jinja_env.filters.update(
        duration=duration,
        spoken_duration=spoken_duration,
        short_duration=short_duration,
        net_words=net_words,
        in_a_row=in_a_row,
        long_day=long_day,
        short_day=short_day,
        day_of_moment=day_of_moment,
        time_of_moment=time_of_moment,
        clock_time=clock_time,
        agreed_moment=agreed_moment,
        category_label=label,
        category_refer=refer,
    )
    app.jinja_env.globals.update(
        get_locale=get_locale,
        retell=retell,
        sentence=sentence,
        promise=promise,
        quarter_name=quarter_name,
        month_name=month_name,
    )


def _english() -> bool:
    return str(get_locale()) == "en"
