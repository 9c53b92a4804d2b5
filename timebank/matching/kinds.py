# SPDX-License-Identifier: EUPL-1.2
"""Kinds of help of an invented town: much asked and little offered, and the other way round."""

from __future__ import annotations

import numpy as np

HOME, OUT, PLACE, FAR = "home", "out", "place", "far"
KINDS: tuple[tuple[str, int, float, float, bool, bool, str], ...] = (
    # code, family, how much asked, how much offered, easy, certificate, where
    ("odd-jobs", 0, 9.0, 2.6, False, False, HOME),
    ("assembling", 0, 3.0, 1.8, False, False, HOME),
    ("painting", 0, 2.0, 1.0, False, False, HOME),
    ("windows", 0, 3.0, 1.2, False, False, HOME),
    ("tidying", 0, 3.0, 2.0, True, False, HOME),
    ("bicycles", 0, 2.5, 1.6, False, False, OUT),
    ("garden", 1, 6.0, 2.8, False, False, HOME),
    ("plants", 1, 2.0, 3.5, True, False, HOME),
    ("clean-street", 1, 1.0, 2.0, True, False, OUT),
    ("allotment", 1, 1.0, 1.8, True, False, OUT),
    ("rides", 2, 8.0, 2.4, False, False, OUT),
    ("shopping", 2, 5.0, 3.6, True, False, OUT),
    ("moving-things", 2, 3.0, 1.4, False, False, HOME),
    ("coming-along", 2, 3.0, 2.0, False, False, OUT),
    ("telephone", 3, 5.0, 3.2, False, False, HOME),
    ("computer", 3, 3.0, 2.2, False, False, HOME),
    ("forms", 3, 4.5, 1.4, False, False, PLACE),
    ("papers", 3, 2.0, 0.7, False, False, PLACE),
    ("letters", 4, 2.5, 2.4, False, False, PLACE),
    ("dutch", 4, 4.0, 3.0, True, False, PLACE),
    ("homework", 4, 3.0, 2.2, False, True, PLACE),
    ("translating", 4, 1.5, 1.6, False, False, FAR),
    ("coffee", 5, 5.0, 5.5, True, False, HOME),
    ("walking", 5, 4.0, 5.0, True, False, OUT),
    ("calling", 5, 2.0, 3.0, True, False, FAR),
    ("reading-aloud", 5, 1.0, 3.0, True, False, HOME),
    ("games", 5, 1.5, 3.6, True, False, PLACE),
    ("cooking", 6, 4.0, 3.4, True, False, HOME),
    ("baking", 6, 1.0, 2.8, True, False, FAR),
    ("children", 6, 4.0, 1.6, False, True, HOME),
    ("relieving-a-carer", 6, 2.0, 0.8, False, True, HOME),
    ("dogs", 7, 3.5, 4.0, True, False, OUT),
    ("cats", 7, 2.0, 3.6, True, False, HOME),
    ("sewing", 8, 2.5, 1.6, False, False, FAR),
    ("knitting", 8, 0.8, 2.4, True, False, PLACE),
    ("music", 8, 1.2, 1.8, False, False, PLACE),
    ("drawing", 8, 0.8, 1.8, False, False, PLACE),
    ("hair", 8, 2.0, 0.7, False, False, HOME),
    ("pouring-coffee", 9, 2.0, 3.2, True, False, PLACE),
    ("sports", 9, 1.5, 2.6, False, False, OUT),
)
FAMILY = np.array([kind[1] for kind in KINDS])
ASKED = np.array([kind[2] for kind in KINDS])
OFFERED = np.array([kind[3] for kind in KINDS])
EASY = np.array([kind[4] for kind in KINDS])
CERTIFICATE = np.array([kind[5] for kind in KINDS])
WHERE = np.array([kind[6] for kind in KINDS])
