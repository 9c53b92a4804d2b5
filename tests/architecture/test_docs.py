# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import collections
import configparser
import dataclasses
import hashlib
import re
import subprocess
import tomllib

import click
import pytest
import yaml
from flask import Flask

import timebank
from config.base import Settings, variable_name
from tests.conftest import ROOT
from tests.policy_report import policy_rows
from tools.vendor.styles import CLASS_NAME, used_classes

OPERATING = (ROOT / "docs" / "operating.md").read_text("utf-8")
OF_FLASK = {"db", "routes", "run", "shell"}


def _commands(group: click.Group, path: str = "timebank") -> set[str]:
    found = set()
    for name, command in group.commands.items():
        if path == "timebank" and name in OF_FLASK:
            continue
        if isinstance(command, click.Group):
            found |= _commands(command, f"{path} {name}")
        else:
            found.add(f"{path} {name}")
    return found


def test_every_setting_is_documented() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATING, re.MULTILINE))

    assert documented == {variable_name(field.name) for field in dataclasses.fields(Settings)}


def test_every_command_is_documented_and_explains_itself(app: Flask) -> None:
    documented = set(re.findall(r"^\| `(timebank [a-z -]+)` \|", OPERATING, re.MULTILINE))

    assert documented == _commands(app.cli)
    for name in documented:
        command: click.Command = app.cli
        for part in name.split()[1:]:
            assert isinstance(command, click.Group)
            command = command.commands[part]
        assert command.help, name


def test_the_index_of_decisions_equals_the_decisions() -> None:
    folder = ROOT / "docs" / "adr"
    files = sorted(path.name for path in folder.glob("0*.md"))
    index = (folder / "README.md").read_text("utf-8")

    assert re.findall(r"\((\d{4}-[\w-]+\.md)\)", index) == files
    for name in files:
        text = (folder / name).read_text("utf-8")
        assert re.match(rf"# {name[:4]}\. ", text), name
        assert all(f"## {part}" in text for part in ("Context", "Decision", "Consequences")), name


def test_decisions_that_the_code_names_exist() -> None:
    existing = {path.name[:4] for path in (ROOT / "docs" / "adr").glob("0*.md")}
    sources = [*ROOT.glob("ledger/*.py"), *ROOT.glob("timebank/**/*.py"), ROOT / "pyproject.toml"]

    named = {
        number
        for path in sources
        for number in re.findall(r"docs/adr/(\d{4})", path.read_text("utf-8"))
    }

    assert named
    assert named <= existing


def test_links_between_documents_lead_somewhere() -> None:
    for path in [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text("utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_versions_agree() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    public = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))

    assert settings["metadata"]["version"] == timebank.__version__ == public["softwareVersion"]
    assert public["legal"]["license"] == settings["metadata"]["license_expression"] == "EUPL-1.2"
    assert len(public["description"]["en"]["shortDescription"]) <= 150
    assert len(public["description"]["en"]["longDescription"]) >= 150


def test_every_range_of_setup_is_met_by_its_lock() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    runtime = settings["options"]["install_requires"].split()
    test = settings["options.extras_require"]["test"].split()
    locked = {
        name: set(re.findall(r"^([a-z0-9-]+)==", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    }

    assert {_name(line) for line in runtime} <= locked["requirements.lock"]
    assert {_name(line) for line in [*runtime, *test]} <= locked["requirements-dev.lock"]
    assert locked["requirements.lock"] <= locked["requirements-dev.lock"]
    hashes = (ROOT / "requirements-dev.lock").read_text("utf-8")
    assert hashes.count("==") <= hashes.count("--hash=sha256:")


def test_the_rows_of_the_policy_are_all_there() -> None:
    rows = policy_rows()

    counts = {letter: sum(row[0] == letter for row in rows) for letter in "LDWKV"}
    assert counts == {"L": 17, "D": 16, "W": 11, "K": 10, "V": 20}


def test_every_source_file_says_its_licence() -> None:
    kinds = ["*.py", "*.html", "*.css", "*.js", "*.typ", "*.cfg", "*.toml", "Makefile"]
    listed = subprocess.run(
        ["git", "ls-files", *kinds],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    lacking = [
        name
        for name in listed
        if "/static/vendor/" not in name
        and "SPDX-License-Identifier: EUPL-1.2" not in (ROOT / name).read_text("utf-8")[:300]
    ]

    assert lacking == []


@pytest.mark.parametrize("place", ["timebank/web/static/vendor", "timebank/documents/letters"])
def test_vendored_files_are_what_their_list_says(place: str) -> None:
    folder = ROOT / place
    listed = tomllib.loads((folder / "VENDOR.toml").read_text("utf-8"))["file"]
    files = (path for path in folder.rglob("*") if path.is_file())
    on_disk = {path.relative_to(folder).as_posix() for path in files} - {"VENDOR.toml"}

    assert {entry["path"] for entry in listed} == on_disk
    for entry in listed:
        content = (folder / entry["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["path"]


def test_every_class_of_the_design_system_that_a_page_uses_was_vendored() -> None:
    web = ROOT / "timebank" / "web"
    sheet = (web / "static" / "vendor" / "nlds.css").read_text("utf-8")
    kept = set(CLASS_NAME.findall(sheet))
    assert used_classes(web / "templates") <= kept


def _name(requirement: str) -> str:
    return re.split(r"[<>=\[]", requirement)[0].lower().replace("_", "-")


def test_words_of_the_glossary_that_are_in_use_stand_in_the_code() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    used = re.findall(r"\| `([\w.]+)[^`]*` \| now \|", glossary)
    sources = [*ROOT.glob("ledger/*.py"), *ROOT.glob("timebank/**/*.py")]
    code = "\n".join(path.read_text("utf-8") for path in sources) + "\n".join(
        f"{path.parent.name}.{path.stem}" for path in sources
    )

    assert used
    assert [word for word in used if word not in code] == []


def terms_named_twice(glossary: str) -> list[str]:
    """Return the terms that stand in more than one row, capitals aside."""
    rows = re.findall(r"^\| ([^|]+) \|(?:[^|]+\|){3} (?:now|later) \|$", glossary, re.MULTILINE)
    counts = collections.Counter(term.strip().casefold() for term in rows)
    return sorted(term for term, count in counts.items() if count > 1)


def test_every_term_of_the_glossary_stands_there_once() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    row = "| wens | Wat u graag doet | Wish | `KEEP_WISHES` | now |\n"

    assert terms_named_twice(glossary) == []
    assert terms_named_twice(row + row.replace("wens", "Wens").replace("now", "later")) == ["wens"]
    assert "\n| wens |" in glossary


def test_the_handbook_names_buttons_as_they_are_on_the_screen() -> None:
    handbook = (ROOT / "docs" / "handleiding-coordinator.md").read_text("utf-8")
    catalogue = ROOT / "timebank" / "translations" / "nl" / "LC_MESSAGES" / "messages.po"
    words = catalogue.read_text("utf-8").replace('"\n"', "")
    named = re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", handbook)

    assert named
    assert [name for name in named if " ".join(name.split()) not in words] == []
