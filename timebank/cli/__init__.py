# SPDX-License-Identifier: EUPL-1.2
"""DOOR cli: every command of ``timebank``. Each is a few lines to the operations of the rooms."""

from __future__ import annotations

from flask import Flask

from timebank.cli import (
    areas,
    database,
    demo,
    erasure,
    exchanges,
    exports,
    figures,
    imports,
    ledger,
    matching,
    members,
    serve,
    showing,
    timebanks,
    towns,
)


def register_commands(app: Flask) -> None:
    """Bind the commands to the application."""
    areas.group.add_command(figures.group_areas)
    matching.group.add_command(towns.export)
    timebanks.group.add_command(towns.place)
    timebanks.group.add_command(showing.stricter)
    for group in (
        areas.group,
        ledger.group,
        matching.group,
        exchanges.group,
        exports.group,
        figures.group,
        imports.group,
        members.group,
        timebanks.group,
        database.group,
        demo.group,
        erasure.group,
        serve.serve,
    ):
        app.cli.add_command(group)
