# SPDX-License-Identifier: EUPL-1.2
"""Make the pictures in docs/screenshots: the demo story, on a day that never changes.

The application runs in this process, because its clock must stand still: the same story, the same
day and the same browser give the same pictures. Run it with ``make screenshots``.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import datetime
import pathlib
import socket
import struct
import tempfile
import threading
import uuid
import zlib
from collections.abc import Iterator

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from config import settings_for
from tests.browser.driving import find_chromium
from timebank import clock
from timebank.app import create_app
from timebank.demo.story import tell_story
from timebank.drafts.operations import save_draft
from timebank.extensions import db
from timebank.members.models import Member, Person
from timebank.members.queries import load_actor

ROOT = pathlib.Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "screenshots"
NOW = datetime.datetime(2026, 11, 22, 10, 0, tzinfo=datetime.UTC)
RESIDENT, WRITER, COORDINATOR = "Jan van den Berg", "Fatima El Amrani", "Nadia Benali"
READER = "Annelies Vermeulen"
SCREENS = ((360, 780), (1280, 900))
MOST_BYTES = 80_000
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
    "--hide-scrollbars",
]


MOST_COLOURS = 256
SCROLL_TO_QUESTION = """
(chosen) => {
  scrollTo(0, 0);
  const question = document.querySelector("h1").getBoundingClientRect().top;
  if (chosen.getBoundingClientRect().bottom > innerHeight - 80) scrollTo(0, question - 16);
}
"""
TO_PALETTE = """
async ([png, most]) => {
  const answer = await fetch("data:image/png;base64," + png);
  const bitmap = await createImageBitmap(await answer.blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const data = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
  const counts = new Map();
  const pixels = new Uint32Array(data.length / 4);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = (data[4 * i] << 16) | (data[4 * i + 1] << 8) | data[4 * i + 2];
    counts.set(pixels[i], (counts.get(pixels[i]) || 0) + 1);
  }
  const ordered = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const palette = ordered.slice(0, most).map((entry) => entry[0]);
  const far = (a, b) => Math.abs((a >> 16) - (b >> 16)) + Math.abs((a >> 8 & 255) - (b >> 8 & 255))
    + Math.abs((a & 255) - (b & 255));
  const nearest = new Map();
  for (const colour of counts.keys()) {
    let best = 0;
    palette.forEach((p, i) => { if (far(p, colour) < far(palette[best], colour)) best = i; });
    nearest.set(colour, best);
  }
  let indices = "";
  for (const pixel of pixels) indices += String.fromCharCode(nearest.get(pixel));
  return {width: bitmap.width, height: bitmap.height, palette, indices: btoa(indices)};
}
"""
"""Runs in the browser: the most used colours, and each pixel as one of them."""


@dataclasses.dataclass(frozen=True)
class Picture:
    """A page worth showing: who looks, where, and what is chosen there."""

    name: str
    path: str
    who: str | None = None
    chosen: str | None = None


def pictures(form_key: uuid.UUID) -> list[Picture]:
    """Return what is pictured, in the order of the main road."""
    form = f"/exchanges/new/gave/{form_key}"
    return [
        Picture("home", "/", RESIDENT),
        Picture("how-long", f"{form}/minutes", WRITER, "input[name='minutes'][value='90']"),
        Picture("check", f"{form}/check", WRITER),
        Picture("desk", "/desk", COORDINATOR),
        Picture("suggestions", "/suggestions", RESIDENT),
        Picture("neighbourhoods", "/neighbourhoods", COORDINATOR),
        Picture("flows", "/neighbourhoods/flows", COORDINATOR),
        Picture("public", "/timebanks/leiden"),
        Picture("neighbourhood", "/timebanks/leiden/neighbourhoods/BU05460800"),
        Picture("year", "/timebanks/leiden/years/2026"),
        Picture("municipality", "/municipality", READER),
        Picture("my-hours", "/my-hours", RESIDENT),
    ]


def main() -> None:
    """Make every picture, at the width of a phone and of a desk."""
    clock.now = lambda: NOW
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        app = _make_app(pathlib.Path(folder))
        with app.app_context():
            form_key = _tell()
        with _served(app) as url, _browser() as browser:
            for width, height in SCREENS:
                for picture in pictures(form_key):
                    page = browser.new_page(
                        base_url=url,
                        viewport={"width": width, "height": height},
                        reduced_motion="reduce",
                    )
                    _take(page, picture, PICTURES / f"{picture.name}-{width}.png")
                    page.context.close()
        with app.app_context():
            db.engine.dispose()


def _take(page: Page, picture: Picture, path: pathlib.Path) -> None:
    """Go there as this person and keep what fits on the screen."""
    if picture.who is not None:
        page.goto("/sign-in")
        with page.expect_navigation():
            page.locator("button.tb-person").filter(has_text=picture.who).first.click()
    page.goto(picture.path, wait_until="networkidle")
    if picture.chosen is not None:
        page.locator(picture.chosen).check()
        page.locator(picture.chosen).evaluate(SCROLL_TO_QUESTION)
    page.evaluate("document.activeElement.blur()")
    page.evaluate("document.fonts.ready.then(() => true)")
    path.write_bytes(_smaller(page, page.screenshot()))
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{path.name} has {size} bytes: more than {MOST_BYTES}")
    print(f"{path.relative_to(ROOT)}  {size // 1000} kB")


def _smaller(page: Page, png: bytes) -> bytes:
    """Return the same picture with a palette, in a third of the bytes."""
    page.goto("about:blank")
    made = page.evaluate(TO_PALETTE, [base64.b64encode(png).decode(), MOST_COLOURS])
    pixels, width = base64.b64decode(made["indices"]), made["width"]
    lines = b"".join(b"\0" + pixels[i : i + width] for i in range(0, len(pixels), width))
    header = struct.pack(">IIBBBBB", width, made["height"], 8, 3, 0, 0, 0)
    palette = b"".join(colour.to_bytes(3, "big") for colour in made["palette"])
    parts = (
        (b"IHDR", header),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def _make_app(folder: pathlib.Path) -> Flask:
    settings = dataclasses.replace(
        settings_for("testing"),
        database_url=f"sqlite:///{folder / 'pictures.db'}",
        mail_folder=str(folder / "mail"),
    )
    return create_app(settings)


def _tell() -> uuid.UUID:
    """Tell the story, and leave a form of the writer filled in but not sent."""
    upgrade(directory=str(ROOT / "migrations"))
    tell_story(db.session, now=NOW)
    member, form_key = _member("Fatima"), uuid.UUID(int=546)
    by = load_actor(
        db.session,
        timebank_id=member.timebank_id,
        member_id=member.id,
        today=clock.day_of(NOW),
    )
    assert by is not None  # noqa: S101 - she is in the story
    answers = {
        "other": str(_member("Jan").id),
        "category": "groceries",
        "helped_on": (clock.day_of(NOW) - datetime.timedelta(days=1)).isoformat(),
        "minutes": "90",
        "note": "We hebben ook koffie gedronken.",
    }
    save_draft(db.session, by=by, form_key=form_key, answers=answers, now=NOW)
    db.session.commit()
    return form_key


def _member(given_name: str) -> Member:
    return db.session.scalars(
        select(Member)
        .join(Person, (Person.timebank_id == Member.timebank_id) & (Person.member_id == Member.id))
        .where(Person.given_name == given_name)
    ).one()


class _Silent(WSGIRequestHandler):
    """Says nothing about requests."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", _free_port(), app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def _free_port() -> int:
    """Return a port below those that the system hands out itself."""
    for port in range(20_000, 32_000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise SystemExit("no port is free")


@contextlib.contextmanager
def _browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        message = "there is no Chromium: run make chromium"
        raise SystemExit(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


if __name__ == "__main__":
    main()
