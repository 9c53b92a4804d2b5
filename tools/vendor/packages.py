# SPDX-License-Identifier: EUPL-1.2
"""What is vendored: the npm packages, each pinned and hashed, and the icons that are used."""

from __future__ import annotations

import base64
import hashlib
import io
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path


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
LETTER_FILES = Package(
    "@expo-google-fonts/atkinson-hyperlegible",
    "0.4.1",
    "sha512-Xr1XAguU7oEVHy28WxCBmdjPT2BNwH5lFZF2adHb9Cy6qtNgXwDzeAgvESkoq4mQmYW5RzqJZknqQxrTkEm0Xw==",
    "OFL-1.1",
    "LICENSE_FONT",
)
LETTER_PATHS = {
    "atkinson-400.ttf": "400Regular/AtkinsonHyperlegible_400Regular.ttf",
    "atkinson-700.ttf": "700Bold/AtkinsonHyperlegible_700Bold.ttf",
}
"""The same letters as on the screens, whole, in the form that a document takes into its file."""
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
PACKAGES = (FONT, LETTER_FILES, ICONS, UTRECHT, NL_BUTTON, NL_SKIP_LINK, LEAFLET)

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
