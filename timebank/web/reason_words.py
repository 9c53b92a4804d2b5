# SPDX-License-Identifier: EUPL-1.2
"""The words of why something is suggested: one sentence for each reason of the points table.

The sentence about a circle names nobody: who helped whom is between those two.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from timebank.matching.scoring import Reason

REASONS: dict[Reason, LazyString] = {
    Reason.GAVE_BEFORE: _l("You have done this before."),
    Reason.LISTED: _l("This is on your list."),
    Reason.TALENT_TALK: _l("You told us you can do this."),
    Reason.EASY_STEP: _l("An easy first step. No is always fine."),
    Reason.NEAR: _l("It is near: about %(minutes)s minutes on foot."),
    Reason.SAME_TIME: _l("It fits on %(when)s."),
    Reason.MET: _l("You already know each other."),
    Reason.GIVE_BACK: _l("This neighbour helped you once."),
    Reason.CIRCLE: _l("Help goes round. With you, the circle is closed."),
    Reason.WAITING: _l("This request has waited %(days)s days."),
    Reason.HOURS: _l("It takes about %(duration)s."),
}
"""Read by tests: a reason without words fails the build."""
