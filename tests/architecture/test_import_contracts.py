# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import configparser
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent.parent


def _lint(root: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(pathlib.Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(root), "PYTHONUTF8": "1"},
    )


def test_every_import_contract_is_kept() -> None:
    result = _lint(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("ledger/ids.py", "import flask", "The ledger knows no Flask"),
        ("timebank/members/queries.py", "import ledger.journal", "one front door"),
        ("timebank/members/models.py", "import timebank.exchanges.errors", "Doors stand on rooms"),
        ("timebank/web/home.py", "import timebank.cli.demo", "Doors stand on rooms"),
        ("timebank/exchanges/operations.py", "import flask", "they know no framework"),
        ("timebank/exchanges/policy.py", "import timebank.exchanges.models", "Rules are pure"),
        ("timebank/web/home.py", "import config", "Only the wiring reads"),
        ("timebank/drafts/helpers.py", "", "Inside a room"),
        ("timebank/misc.py", "", "Doors stand on rooms"),
    ],
)
def test_a_forbidden_import_or_room_breaks_its_contract(
    path: str, line: str, contract: str, tmp_path: pathlib.Path
) -> None:
    for name in ("ledger", "timebank", "config"):
        _copy_python(ROOT / name, tmp_path / name)
    (tmp_path / "setup.cfg").write_text((ROOT / "setup.cfg").read_text("utf-8"), "utf-8")
    wall = tmp_path / path
    text = wall.read_text("utf-8") if wall.exists() else ""
    wall.write_text(f"{text}\n{line}\n", "utf-8")

    result = _lint(tmp_path)

    assert result.returncode != 0
    assert contract in result.stdout or wall.stem in result.stdout


def test_the_room_of_every_contract_exists() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    rooms = [
        room
        for contract in (
            "inside-a-room",
            "inside-matching",
            "inside-publication",
            "inside-shapes",
            "inside-charts",
        )
        for room in settings[f"importlinter:contract:{contract}"]["containers"].split()
    ]
    on_disk = {path.parent.name for path in (ROOT / "timebank").glob("*/errors.py")}

    assert on_disk - {"web"} <= {room.removeprefix("timebank.") for room in rooms}


def _copy_python(source: pathlib.Path, target: pathlib.Path) -> None:
    for path in source.rglob("*.py"):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text("utf-8"), "utf-8")
