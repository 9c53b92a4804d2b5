# SPDX-License-Identifier: EUPL-1.2
"""The words of the rules of a neighbourhood: a label, and what it means. Read by a test."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

RULES: dict[str, tuple[LazyString, LazyString]] = {
    "auto_approve_minutes": (
        _l("Approved by itself, up to how many minutes"),
        _l("Only when both agree and nothing stands out. 0 means: never."),
    ),
    "sample_percentage": (
        _l("How many of a hundred of those you look at afterwards"),
        _l("They are drawn by lot and wait on the desk."),
    ),
    "four_eyes_minutes": (
        _l("Two coordinators look, above how many minutes"),
        _l("0 means: one coordinator is enough."),
    ),
    "alert_pair_week_minutes": (
        _l("A sign, above how many minutes of the same two people in a week"),
        _l("The desk then asks whether this is still voluntary. 0 means: no sign."),
    ),
    "alert_trade_week_minutes": (
        _l("A sign, above how many minutes of the same work by one helper in a week"),
        _l("0 means: no sign."),
    ),
    "alert_person_day_minutes": (
        _l("A sign, above how many minutes of one helper on a day"),
        _l("0 means: no sign."),
    ),
    "step_minutes": (
        _l("The smallest step in minutes"),
        _l("0 means: as everywhere in this timebank."),
    ),
    "days_back": (
        _l("Up to how many days ago help can be written down"),
        _l("0 means: however long ago."),
    ),
    "remind_after_days": (
        _l("After how many days of waiting it stands in the mail of the morning"),
        _l("0 means: never."),
    ),
    "most_received_minutes": (
        _l("How many minutes more received than given before we mention it"),
        _l("Kindly, and only to that person. 0 means: never."),
    ),
    "most_given_minutes": (
        _l("How many minutes more given than received before we mention it"),
        _l("Kindly, and only to that person. 0 means: never."),
    ),
}
"""Label and meaning of each rule, in the order of the page."""

IN_HOURS = frozenset(field for field in RULES if field.endswith("_minutes"))
"""Rules that are shown as a duration."""
