# SPDX-License-Identifier: EUPL-1.2
"""Pictograms in one sprite, and style sheets with only the rules that our pages use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import tinycss2

from tools.vendor.packages import PICTOGRAMS


def build_sprite(files: dict[str, bytes]) -> bytes:
    """One sprite; strokes follow the colour of the text around the pictogram."""
    symbols = []
    for symbol, icon in sorted(PICTOGRAMS.items()):
        source = files[f"icons/outline/{icon}.svg"].decode()
        body = source[source.index(">", source.index("<svg")) + 1 : source.rindex("</svg>")]
        body = re.sub(r'<path stroke="none"[^>]*/>', "", body)
        body = re.sub(r"\s+/>", "/>", re.sub(r">\s+<", "><", body.strip()))
        symbols.append(f'<symbol id="{symbol}" viewBox="0 0 24 24">{body}</symbol>')
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">'
    )
    return (head + "".join(symbols) + "</svg>\n").encode()


CLASS_NAME = re.compile(r"(?<![\w-])(?:utrecht|nl)-[a-z][a-z0-9]*(?:(?:-{1,2}|__)[a-z0-9]+)*")


def used_classes(templates: Path) -> set[str]:
    """Every utrecht-… and nl-… class that a template spells out."""
    found: set[str] = set()
    for path in sorted(templates.rglob("*.html")):
        found.update(CLASS_NAME.findall(path.read_text("utf-8")))
    return found


def split_selectors(tokens: list[Any]) -> list[list[Any]]:
    """Split a selector list at its top-level commas."""
    parts: list[list[Any]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def selector_is_used(tokens: list[Any], used: set[str]) -> bool:
    """True when every class this selector needs is spelled out in a template."""
    for before, token in zip([None, *tokens], tokens, strict=False):
        is_class = token.type == "ident" and before is not None and before == "."
        if is_class and token.value not in used:
            return False
        if token.type == "function" and token.lower_name in ("is", "where"):
            choices = split_selectors(token.arguments)
            if not any(selector_is_used(choice, used) for choice in choices):
                return False
    return True


def purge(rules: list[Any], used: set[str]) -> str:
    """Serialise only the rules whose selectors can match."""
    out = []
    for rule in rules:
        if (
            rule.type == "at-rule"
            and rule.lower_at_keyword in ("media", "supports")
            and rule.content
        ):
            inner = purge(tinycss2.parse_rule_list(rule.content, True, True), used)
            if inner:
                out.append(
                    f"@{rule.at_keyword} {tinycss2.serialize(rule.prelude).strip()}{{{inner}}}"
                )
        elif rule.type == "qualified-rule":
            kept = [p for p in split_selectors(rule.prelude) if selector_is_used(p, used)]
            if not kept:
                continue
            declarations = [
                f"{d.name}:{' '.join(tinycss2.serialize(d.value).split())}"
                + ("!important" if d.important else "")
                for d in tinycss2.parse_declaration_list(rule.content, True, True)
                if d.type == "declaration"
            ]
            if declarations:
                head = ",".join(tinycss2.serialize(p).strip() for p in kept)
                out.append(f"{head}{{{';'.join(declarations)}}}")
    return "".join(out)


def build_nlds(sources: list[bytes], templates: Path) -> bytes:
    """One style sheet with the parts of NL Design System that the pages use."""
    used = used_classes(templates)
    css = []
    for source in sources:
        rules, _ = tinycss2.parse_stylesheet_bytes(source, skip_comments=True, skip_whitespace=True)
        css.append(purge(rules, used))
    note = "/*! NL Design System, EUPL-1.2; see VENDOR.toml and licences/ */"
    return (note + "".join(css) + "\n").encode()


def build_leaflet_css(source: bytes) -> bytes:
    """Leave out what shows pictures of layers and pins, which our map has not."""
    rules = tinycss2.parse_stylesheet(source.decode(), skip_comments=True, skip_whitespace=True)
    kept = [rule.serialize() for rule in rules if "url(" not in rule.serialize()]
    note = "/*! Leaflet, BSD-2-Clause; see VENDOR.toml and licences/ */"
    return (note + "".join(" ".join(rule.split()) for rule in kept) + "\n").encode()


def build_leaflet_script(source: bytes) -> bytes:
    """Leave out the address of a source map that does not lie beside it."""
    text = source.decode().rstrip()
    return (text.partition("//# sourceMappingURL=")[0].rstrip() + "\n").encode()
