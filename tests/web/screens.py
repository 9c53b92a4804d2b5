# SPDX-License-Identifier: EUPL-1.2
"""A page as somebody without JavaScript has it before them: headings, links, forms, what is wrong.

Tests ask for structure, ids and what was typed; sentences belong to the catalogues.
"""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser

from werkzeug.test import TestResponse

VOID = frozenset({"area", "br", "hr", "img", "input", "link", "meta", "path", "rect", "source"})


def without_tokens(page: str) -> str:
    """Return a page without the tokens of its forms: letters by chance, and others every second."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


@dataclasses.dataclass
class Element:
    """One element with everything that is written inside it."""

    tag: str
    attributes: dict[str, str]
    form: Element | None = None
    parts: list[str] = dataclasses.field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    @property
    def text(self) -> str:
        return " ".join("".join(self.parts).split())

    @property
    def raw(self) -> str:
        """What a textarea holds: a browser leaves the first line end out."""
        return "".join(self.parts).removeprefix("\n")

    @property
    def classes(self) -> list[str]:
        return self["class"].split()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        form = next((one for one in reversed(self.open) if one.tag == "form"), None)
        element = Element(tag, {name: value or "" for name, value in attrs}, form)
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self.open):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.parts.append(data)


class Screen:
    """The answer of the server, read."""

    def __init__(self, response: TestResponse) -> None:
        reader = _Reader()
        reader.feed(response.get_data(as_text=True))
        self.status, self.elements = response.status_code, reader.elements
        self.text = " ".join(without_tokens(response.get_data(as_text=True)).split())

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if element.tag == tag and all(element[name] == wanted[name] for name in wanted)
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        (element,) = self.all(tag, **attributes)
        return element

    def of_class(self, name: str) -> list[Element]:
        return [element for element in self.elements if name in element.classes]

    @property
    def ids(self) -> list[str]:
        return [element["id"] for element in self.elements if element["id"]]

    @property
    def links(self) -> list[str]:
        return [element["href"] for element in self.all("a")]

    @property
    def title(self) -> str:
        return self.one("h1").text

    @property
    def sentence(self) -> str:
        (element,) = self.of_class("tb-sentence")
        return element.text

    @property
    def language(self) -> str:
        return self.one("html")["lang"]

    @property
    def summary(self) -> list[str]:
        """Where the links of the error summary lead."""
        return [element["href"] for element in self.of_class("tb-errors__link")]

    @property
    def messages(self) -> list[str]:
        return [element.text for element in self.of_class("tb-errors__link")]

    @property
    def invalid(self) -> list[Element]:
        return [element for element in self.elements if element["aria-invalid"] == "true"]

    @property
    def notices(self) -> list[str]:
        return [name for one in self.of_class("tb-notice") for name in one.classes[1:]]

    def value(self, name: str) -> str:
        """What stands in a text field or a textarea."""
        return next(
            element.raw if element.tag == "textarea" else element["value"]
            for element in self.elements
            if element["name"] == name and element["type"] not in ("radio", "submit")
        )

    def checked(self, name: str) -> str | None:
        """Which radio of a group is chosen."""
        chosen = [
            one["value"] for one in self.all("input", type="radio", name=name) if "checked" in one
        ]
        assert len(chosen) <= 1, f"a browser keeps only the last of {chosen}"
        return chosen[0] if chosen else None

    def checked_in(self, action_end: str) -> str | None:
        """Which radio is chosen in the form that is sent to an address with this end."""
        form = self.form(action_end)
        return next(
            (
                one["value"]
                for one in self.all("input", type="radio")
                if one.form is form and "checked" in one
            ),
            None,
        )

    def form(self, action_end: str) -> Element:
        """The one form that is sent to an address with this end."""
        (form,) = [one for one in self.all("form") if one["action"].endswith(action_end)]
        return form

    def fields(self, form: Element) -> dict[str, str]:
        """What a browser sends with this form when nobody touches it."""
        sent = {}
        for element in self.elements:
            inside = element["form"] == form["id"] if "form" in element else element.form is form
            if not inside or not element["name"]:
                continue
            if element.tag == "textarea":
                sent[element["name"]] = element.raw
            elif element.tag == "input" and (element["type"] != "radio" or "checked" in element):
                sent[element["name"]] = element["value"]
        return sent
