# SPDX-License-Identifier: EUPL-1.2
"""Collect the words on the screens into the Dutch catalogue.

English is the source text in the code, so it needs no catalogue. New sentences appear in the Dutch
catalogue untranslated; a test fails until somebody translates them.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parent.parent
TRANSLATIONS = ROOT / "timebank" / "translations"
CATALOGUE = TRANSLATIONS / "nl" / "LC_MESSAGES" / "messages.po"
HEADER = r"""# SPDX-License-Identifier: EUPL-1.2
# The Dutch words on the screens: B1, "u", short and active. docs/glossary.md holds the terms.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Language: nl\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""
KEYWORDS = ("-k", "_l", "-k", "lazy_gettext")


def extract(template: pathlib.Path) -> None:
    """Write every sentence that the code and the pages hold into a template."""
    _babel(
        "extract",
        "-F",
        TRANSLATIONS / "babel.cfg",
        *KEYWORDS,
        "--no-location",
        "--sort-output",
        "--omit-header",
        "-o",
        template,
        ".",
    )


def update(template: pathlib.Path) -> None:
    """Merge the template into the Dutch catalogue, dropping sentences that are gone."""
    if not CATALOGUE.exists():
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        _babel("init", "-i", template, "-d", TRANSLATIONS, "-l", "nl")
    _babel(
        "update",
        "-i",
        template,
        "-d",
        TRANSLATIONS,
        "-l",
        "nl",
        "--no-fuzzy-matching",
        "--ignore-obsolete",
        "--omit-header",
    )

    CATALOGUE.write_text(HEADER + CATALOGUE.read_text("utf-8").lstrip(), "utf-8")


def _babel(*arguments: object) -> None:
    pybabel = str(pathlib.Path(sys.executable).with_name("pybabel"))
    command = [pybabel, "-q", *map(str, arguments)]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        pot = pathlib.Path(folder) / "messages.pot"
        extract(pot)
        update(pot)
