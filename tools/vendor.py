# SPDX-License-Identifier: EUPL-1.2
"""Refresh the vendored front-end files in ``timebank/web/static/vendor/``.

Nobody needs this script to run Timebank: its results are kept in the
repository. Run it after changing a version below, or after a template starts
to use another NL Design System class::

    python tools/vendor.py            # fetch, check, subset, purge, write
    python tools/vendor.py --check    # only compare the hashes in VENDOR.toml

Needs ``npm`` (only ``npm pack``: no install script of a package ever runs) and
the Python packages fonttools, brotli and tinycss2.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tinycss2
from fontTools import subset
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

# Fonts carry a "modified" date; a fixed one keeps the output reproducible.
os.environ.setdefault("SOURCE_DATE_EPOCH", "1577836800")

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "timebank" / "web" / "templates"
VENDOR = ROOT / "timebank" / "web" / "static" / "vendor"
MANIFEST = VENDOR / "VENDOR.toml"


@dataclass(frozen=True)
class Package:
    """One pinned npm package; ``integrity`` is what the registry published."""

    name: str
    version: str
    integrity: str
    licence: str
    licence_file: str

    @property
    def slug(self) -> str:
        """Return the name as it may stand in a file name."""
        return self.name.lstrip("@").replace("/", "-")


FONT = Package(
    "@fontsource/atkinson-hyperlegible",
    "5.3.0",
    "sha512-Sp8Ve8+rQmENY2Lv02VH7sLpntzTTvnncnJMTbRE7DX6TLxGraN4ykZfzaUWIoCFmaomwkvNiqmlPkrKBuDoSA==",
    "OFL-1.1",
    "LICENSE",
)
ICONS = Package(
    "@tabler/icons",
    "3.51.0",
    "sha512-0pinvPZz7YeX+OSfxuEAbnEPWbocVXW5iU8h5lh41pYG8sZuQfpWECC980lxOT0clGIcNGn8xsBr+zKaRGdA/g==",
    "MIT",
    "LICENSE",
)
UTRECHT = Package(
    "@utrecht/component-library-css",
    "9.0.4",
    "sha512-gVA7D6GfP9/+fzehkYLSBR+0UPUTA97PZmgvTYQE88lPQhHGMlUk8FjmCpLKRsRC9hAYd32JuF/KzG6fmBfjJA==",
    "EUPL-1.2",
    "LICENSE.md",
)
NL_BUTTON = Package(
    "@nl-design-system-candidate/button-css",
    "1.1.0",
    "sha512-w0JLQyiPL9UrfRwzu3Mq2EWbYvAJbolepeFH4ggyBFXoYm9RMWX6vWb/8Oj999GzAF6N77LlES5jUnaR3BJ7Yw==",
    "EUPL-1.2",
    "LICENSE.md",
)
NL_SKIP_LINK = Package(
    "@nl-design-system-candidate/skip-link-css",
    "1.0.5",
    "sha512-0Bq6yDPgz6sCGrd5EuV8CfL9m78he1a914sJPeZ+Cqr4WTqN0m1qf3LPJ2YVpOP0fYgk5GX2UqwTKIDhSLg5GA==",
    "EUPL-1.2",
    "LICENSE.md",
)
LEAFLET = Package(
    "leaflet",
    "1.9.4",
    "sha512-nxS1ynzJOmOlHp+iL3FyWqK89GtNL8U8rvlMOsQdTTssxZwCXh8N2NB3GDQOL+YR3XnWyZAxwQixURb+FA74PA==",
    "BSD-2-Clause",
    "LICENSE",
)
PACKAGES = (FONT, ICONS, UTRECHT, NL_BUTTON, NL_SKIP_LINK, LEAFLET)

# Symbol id in the sprite → Tabler outline icon. A help category is drawn by
# the symbol of its own code; the names after the gap belong to the interface.
PICTOGRAMS = {
    "signpost": "directions",
    "share_know_how": "bulb",
    "phone_call": "phone-call",
    "newsletter": "news",
    "talent_interview": "messages",
    "coach_volunteer": "user-up",
    "children_activity": "balloon",
    "youth_activity": "skateboard",
    "toddler_group": "baby-carriage",
    "toy_library": "horse-toy",
    "resident_plan": "map-2",
    "residents_association": "building-community",
    "street_care": "recycle",
    "coffee": "coffee",
    "neighbourhood_meal": "soup",
    "cooking_group": "chef-hat",
    "street_party": "confetti",
    "adult_activity": "palette",
    "living_room_host": "sofa",
    "club_support": "ball-football",
    "company": "armchair",
    "shop_together": "shopping-bag",
    "walk_together": "walk",
    "ambition_circle": "school",
    "older_people_moving": "stretching",
    "language_practice": "language",
    "language_coach": "abc",
    "reading_aloud": "book",
    "job_search_buddy": "briefcase",
    "carer_break": "beach",
    "home_paperwork": "mail-opened",
    "groceries": "shopping-cart",
    "odd_job_indoors": "hammer",
    "odd_job_garden": "plant-2",
    "hospital_escort": "building-hospital",
    "local_lift": "car",
    "newcomer_guide": "compass",
    "something_else": "dots",
    "personal_care": "bath",
    "household_help": "vacuum-cleaner",
    "debts": "calculator",
    "addiction": "lifebuoy",
    "unsafe_home": "home-exclamation",
    "shelter": "tent",
    "parenting_care": "mood-boy",
    "mental_crisis": "cloud-storm",
    "skilled_trade": "plug",
    # interface
    "check": "check",
    "clock": "clock",
    "x": "x",
    "arrow-right": "arrow-right",
    "arrow-left": "arrow-left",
    "phone": "phone",
    "home": "home",
    "list": "list",
    "users": "users",
    "printer": "printer",
    "language": "world",
    "info": "info-circle",
    "alert": "alert-triangle",
    "heart-handshake": "heart-handshake",
    "pencil": "pencil",
    "map-pin": "map-pin",
    "log-out": "logout",
    "search": "search",
    "calendar": "calendar",
    "plus": "plus",
    "user": "user",
    "chart": "chart-bar",
    "settings": "settings",
    "download": "download",
    "mail": "mail",
}


# --- fetching -----------------------------------------------------------------


def fetch(package: Package, folder: Path) -> dict[str, bytes]:
    """``npm pack`` one package, check its integrity, return its files by path."""
    result = subprocess.run(
        ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    data = (folder / result.stdout.strip().splitlines()[-1]).read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
    if found != package.integrity:
        raise SystemExit(
            f"{package.name} {package.version}: expected {package.integrity}, got {found}"
        )
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        for member in archive.getmembers():
            handle = archive.extractfile(member) if member.isfile() else None
            if handle is not None:
                files[member.name.split("/", 1)[1]] = handle.read()
    return files


# --- fonts --------------------------------------------------------------------

Operation = tuple[str, tuple[Any, ...]]

PUNCTUATION = {0x2013, 0x2018, 0x2019, 0x201C, 0x201D, 0x201E, 0x2026, 0x2212}
ROMANIAN = {0x218, 0x219, 0x21A, 0x21B}
LATIN = set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)) | PUNCTUATION
LATIN_EXTENDED = set(range(0x100, 0x180)) | ROMANIAN


def topmost_contour(glyphs: Any, name: str) -> tuple[list[Operation], float, float]:  # noqa: ANN401
    """Return the highest contour of a glyph, with its left and right edge."""
    recorder = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(recorder)
    contours: list[list[Operation]] = [[]]
    for operation in recorder.value:
        contours[-1].append(operation)
        if operation[0] == "closePath":
            contours.append([])

    def points(contour: list[Operation]) -> list[tuple[float, float]]:
        return [point for _, args in contour for point in args if point is not None]

    top = max((c for c in contours if c), key=lambda c: min(y for _, y in points(c)))
    across = [x for x, _ in points(top)]
    return top, min(across), max(across)


def add_dotted_capital_i(font: TTFont) -> None:
    """Give the font an İ: without it İbrahim and İlknur fall apart in print.

    The upright is that of Į, the dot that of Ż; this half of the font has no
    I of its own. The licence allows changes and reserves no name.
    """
    cmap = font.getBestCmap()
    if ord("İ") in cmap:
        return
    glyphs = font.getGlyphSet()
    upright, _, _ = topmost_contour(glyphs, cmap[ord("Į")])
    dot, left, right = topmost_contour(glyphs, cmap[ord("Ż")])
    advance = font["hmtx"][cmap[ord("Į")]][0]
    pen = TTGlyphPen(glyphs)
    for contour, move in ((upright, 0.0), (dot, advance / 2 - (left + right) / 2)):
        for step, args in contour:
            getattr(pen, step)(*[p and (round(p[0] + move), round(p[1])) for p in args])
    name = "Idotaccent"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = pen.glyph()
    font["hmtx"][name] = (advance, 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord("İ")] = name


def subset_font(data: bytes, wanted: set[int], features: list[str], extended: bool) -> bytes:
    """Keep the characters we need; drop hinting, other features and names."""
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    if extended:
        add_dotted_capital_i(font)
    options = subset.Options()
    options.hinting = False
    options.layout_features = features
    options.name_IDs = [0, 1, 2, 13, 14]
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += ["gasp", "STAT"]
    worker = subset.Subsetter(options)
    worker.populate(unicodes=sorted(wanted & set(font.getBestCmap())))
    worker.subset(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def build_fonts(files: dict[str, bytes]) -> dict[str, bytes]:
    """Four files: a page without Ş or Ł never fetches the two small ones."""
    made = {}
    for weight in ("400", "700"):
        # Kerning is worth its bytes in large headings only.
        features = ["tnum", "kern"] if weight == "700" else ["tnum"]
        for part, wanted in (("latin", LATIN), ("latin-ext", LATIN_EXTENDED)):
            source = files[f"files/atkinson-hyperlegible-{part}-{weight}-normal.woff2"]
            extended = part == "latin-ext"
            made[f"atkinson-{part}-{weight}.woff2"] = subset_font(
                source, wanted, [] if extended else features, extended
            )
    return made


# --- pictograms ---------------------------------------------------------------


def build_sprite(files: dict[str, bytes]) -> bytes:
    """One sprite; strokes follow the colour of the text around the pictogram."""
    symbols = []
    ids = dict(PICTOGRAMS)
    for symbol, icon in sorted(ids.items()):
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


# --- NL Design System ---------------------------------------------------------

CLASS_NAME = re.compile(r"(?<![\w-])(?:utrecht|nl)-[a-z][a-z0-9]*(?:(?:-{1,2}|__)[a-z0-9]+)*")


def used_classes() -> set[str]:
    """Every utrecht-… and nl-… class that a template spells out."""
    found: set[str] = set()
    for path in sorted(TEMPLATES.rglob("*.html")):
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


def build_nlds(sources: list[bytes]) -> bytes:
    """One style sheet with the parts of NL Design System that the pages use."""
    used = used_classes()
    css = []
    for source in sources:
        rules, _ = tinycss2.parse_stylesheet_bytes(source, skip_comments=True, skip_whitespace=True)
        css.append(purge(rules, used))
    note = "/*! NL Design System, EUPL-1.2; see VENDOR.toml and licences/ */"
    return (note + "".join(css) + "\n").encode()


# --- the map that can be moved ------------------------------------------------


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


# --- writing and checking -----------------------------------------------------


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    return hashlib.sha256(data).hexdigest()


def manifest_text(produced: dict[str, tuple[bytes, list[Package]]]) -> str:
    """Write VENDOR.toml: the packages, then each file with its hash and origin."""
    lines = [
        "# SPDX-License-Identifier: EUPL-1.2",
        "# Written by tools/vendor.py. Do not edit: change the script and run it.",
    ]
    for package in PACKAGES:
        lines += [
            "",
            "[[package]]",
            f'name = "{package.name}"',
            f'version = "{package.version}"',
            f'integrity = "{package.integrity}"',
            f'licence = "{package.licence}"',
        ]
    for name, (data, packages) in sorted(produced.items()):
        origin = ", ".join(f'"{p.name}"' for p in packages)
        lines += [
            "",
            "[[file]]",
            f'path = "{name}"',
            f'sha256 = "{digest(data)}"',
            f"from = [{origin}]",
        ]
    return "\n".join(lines) + "\n"


def refresh() -> None:
    """Fetch all packages and write every vendored file anew."""
    with tempfile.TemporaryDirectory() as temporary:
        fetched = {p.name: fetch(p, Path(temporary)) for p in PACKAGES}
    produced: dict[str, tuple[bytes, list[Package]]] = {}
    for name, data in build_fonts(fetched[FONT.name]).items():
        produced[name] = (data, [FONT])
    produced["pictograms.svg"] = (build_sprite(fetched[ICONS.name]), [ICONS])
    produced["nlds.css"] = (
        build_nlds(
            [
                fetched[UTRECHT.name]["dist/index.css"],
                fetched[NL_BUTTON.name]["dist/button.css"],
                fetched[NL_SKIP_LINK.name]["dist/skip-link.css"],
            ]
        ),
        [UTRECHT, NL_BUTTON, NL_SKIP_LINK],
    )
    files = fetched[LEAFLET.name]
    produced["leaflet.js"] = (build_leaflet_script(files["dist/leaflet.js"]), [LEAFLET])
    produced["leaflet.css"] = (build_leaflet_css(files["dist/leaflet.css"]), [LEAFLET])
    for package in PACKAGES:
        text = fetched[package.name][package.licence_file]
        produced[f"licences/{package.slug}.txt"] = (text, [package])
    for name, (data, _) in produced.items():
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        print(f"{len(data):>7}  {name}")
    MANIFEST.write_text(manifest_text(produced), "utf-8")


def check() -> int:
    """Compare what lies on disk with the manifest; 0 when all is as written."""
    wrong = 0
    for entry in tomllib.loads(MANIFEST.read_text("utf-8"))["file"]:
        path = VENDOR / entry["path"]
        if not path.is_file() or digest(path.read_bytes()) != entry["sha256"]:
            print(f"differs: {entry['path']}", file=sys.stderr)
            wrong += 1
    return 1 if wrong else 0


def main() -> int:
    """Refresh, or with --check only compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="only compare hashes, change nothing")
    if parser.parse_args().check:
        return check()
    refresh()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
