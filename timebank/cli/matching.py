# SPDX-License-Identifier: EUPL-1.2
"""``timebank matching``: plan who could give back to whom, from a file of a town."""

from __future__ import annotations

import contextlib
import gc
import pathlib
import time
from collections.abc import Iterator

import click
from flask.cli import AppGroup

from timebank.cli.progress import counter
from timebank.matching.candidates import MOST_GIVERS, candidates_of
from timebank.matching.errors import NotSolved, SolverMissing, TownRefused
from timebank.matching.exact import exact_plan
from timebank.matching.metrics import Metrics, measure
from timebank.matching.plan import Plan, plan_of
from timebank.matching.towns import read_town
from timebank.matching.writing import plan_as_json

group = AppGroup("matching", help="Who could give back to whom: plan it, or try it out.")


@group.command("plan", with_appcontext=False)
@click.argument("town", type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    help="Where the plan is written.",
)
@click.option("--exact", is_flag=True, help="The best plan there is, by a solver (slow).")
def plan_command(town: pathlib.Path, out: pathlib.Path, *, exact: bool) -> None:
    """Plan a TOWN (JSON) and write the plan and the suggestions, with their reasons.

    The format of both files stands in docs/matching.md. Nothing is kept and nobody is told.
    """
    started = time.process_time()
    with _refusals(), _without_collecting():
        read = read_town(town)
        candidates = candidates_of(
            read,
            most_givers=len(read.residents) if exact else MOST_GIVERS,
            progress=counter("needs looked at", len(read.needs)),
        )
        made = (exact_plan if exact else plan_of)(read, candidates)
        metrics = measure(read, candidates, made)
        seconds = time.process_time() - started
        with out.open("w", encoding="utf-8") as file:
            file.writelines(plan_as_json(read, candidates, made, metrics, seconds_cpu=seconds))
    _say(made, metrics)


def _say(plan: Plan, metrics: Metrics) -> None:
    click.echo(
        f"{metrics.filled} of {metrics.needs} needs have somebody who could do it;"
        f" {metrics.covered} of {metrics.people_with_hours_to_give} people with hours to give"
        f" are in the plan; value {plan.value}"
    )


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Say in one sentence why it cannot be done, and end with exit code 1."""
    try:
        yield
    except (TownRefused, SolverMissing, NotSolved, OSError) as refusal:
        raise click.ClickException(str(refusal)) from refusal


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """Leave cycles of garbage for later: a town is a million objects and none of them is garbage."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
