# SPDX-License-Identifier: EUPL-1.2
"""Refresh the vendored files: for the screens, and the letters of a document on paper.

They stand in ``timebank/web/static/vendor/`` and ``timebank/documents/letters/``.
Nobody needs this script to run Timebank: its results are kept in the
repository. Run it after changing a version in ``tools/vendor/packages.py``, or
after a template starts to use another NL Design System class::

    python -m tools.vendor            # fetch, check, subset, purge, write
    python -m tools.vendor --check    # only compare the hashes in VENDOR.toml

Needs ``npm`` (only ``npm pack``: no install script of a package ever runs) and
the Python packages fonttools, brotli and tinycss2.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tools.vendor.fonts import build_fonts  # noqa: E402 - the path is set first
from tools.vendor.packages import (  # noqa: E402
    FONT,
    ICONS,
    LEAFLET,
    LETTER_FILES,
    LETTER_PATHS,
    NL_BUTTON,
    NL_SKIP_LINK,
    PACKAGES,
    UTRECHT,
    Package,
    fetch,
)
from tools.vendor.styles import (  # noqa: E402
    build_leaflet_css,
    build_leaflet_script,
    build_nlds,
    build_sprite,
)

TEMPLATES = ROOT / "timebank" / "web" / "templates"
VENDOR = ROOT / "timebank" / "web" / "static" / "vendor"
LETTERS = ROOT / "timebank" / "documents" / "letters"
MANIFEST = "VENDOR.toml"
Produced = dict[str, tuple[bytes, list[Package]]]
"""What is written: for each path the bytes, and the packages they come from."""


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    return hashlib.sha256(data).hexdigest()


def manifest_text(produced: Produced) -> str:
    """Write VENDOR.toml: the packages, then each file with its hash and origin."""
    lines = [
        "# SPDX-License-Identifier: EUPL-1.2",
        "# Written by tools/vendor. Do not edit: change the pins there and run it.",
    ]
    for package in _packages_of(produced):
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
    write(VENDOR, for_screens(fetched), fetched)
    letters = fetched[LETTER_FILES.name]
    write(
        LETTERS,
        {name: (letters[path], [LETTER_FILES]) for name, path in LETTER_PATHS.items()},
        fetched,
    )


def for_screens(fetched: dict[str, dict[str, bytes]]) -> Produced:
    """Return what the screens use."""
    produced: Produced = {}
    for name, data in build_fonts(fetched[FONT.name]).items():
        produced[name] = (data, [FONT])
    produced["pictograms.svg"] = (build_sprite(fetched[ICONS.name]), [ICONS])
    produced["nlds.css"] = (
        build_nlds(
            [
                fetched[UTRECHT.name]["dist/index.css"],
                fetched[NL_BUTTON.name]["dist/button.css"],
                fetched[NL_SKIP_LINK.name]["dist/skip-link.css"],
            ],
            TEMPLATES,
        ),
        [UTRECHT, NL_BUTTON, NL_SKIP_LINK],
    )
    files = fetched[LEAFLET.name]
    produced["leaflet.js"] = (build_leaflet_script(files["dist/leaflet.js"]), [LEAFLET])
    produced["leaflet.css"] = (build_leaflet_css(files["dist/leaflet.css"]), [LEAFLET])
    return produced


def write(folder: Path, produced: Produced, fetched: dict[str, dict[str, bytes]]) -> None:
    """Write these files, the licences of their packages and the list of them all."""
    for package in _packages_of(produced):
        text = fetched[package.name][package.licence_file]
        produced[f"licences/{package.slug}.txt"] = (text, [package])
    for name, (data, _) in produced.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        print(f"{len(data):>7}  {name}")
    (folder / MANIFEST).write_text(manifest_text(produced), "utf-8")


def _packages_of(produced: Produced) -> list[Package]:
    used = {package for _, packages in produced.values() for package in packages}
    return [package for package in PACKAGES if package in used]


def check() -> int:
    """Compare what lies on disk with the lists; 0 when all is as written."""
    wrong = 0
    for folder in (VENDOR, LETTERS):
        for entry in tomllib.loads((folder / MANIFEST).read_text("utf-8"))["file"]:
            path = folder / entry["path"]
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
