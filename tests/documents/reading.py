# SPDX-License-Identifier: EUPL-1.2
"""What stands in a PDF: the texts in their order, and the tags that a screen reader goes by."""

from __future__ import annotations

import collections
import io
from typing import Any

import pypdf


def text_of(pdf: bytes) -> str:
    """Return every text of a PDF, one a line; a line that was broken is two."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def tags_of(pdf: bytes) -> collections.Counter[str]:
    """Count the tags of a PDF, such as ``H1`` and ``TH``; none when it has no tags at all."""
    counted: collections.Counter[str] = collections.Counter()
    waiting: list[Any] = [pypdf.PdfReader(io.BytesIO(pdf)).root_object.get("/StructTreeRoot", {})]
    while waiting:
        element = waiting.pop()
        element = getattr(element, "get_object", lambda found=element: found)()
        if isinstance(element, list):
            waiting += element
        elif isinstance(element, dict):
            waiting.append(element.get("/K", []))
            counted[str(element.get("/S", ""))[1:]] += 1
    return counted
