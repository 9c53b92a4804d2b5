# SPDX-License-Identifier: EUPL-1.2
"""``timebank matching``: plan who could give back to whom, from a file of a town."""

from __future__ import annotations

import contextlib
import json
import pathlib
import time
from collections.abc import Iterator

import click
from flask.cli import AppGroup

from timebank.cli.progress import counter
from timebank.matching.candidates import MOST_GIVERS, candidates_of
from timebank.matching.describing import describe
from timebank.matching.errors import NotSolved, SolverMissing, TownRefused
from timebank.matching.exact import exact_plan
from timebank.matching.invented import invented_world
from timebank.matching.metrics import Metrics, measure
from timebank.matching.plan import Plan, plan_of
from timebank.matching.reading import read_town
from timebank.matching.simulate import WEEKS, Method, simulate
from timebank.matching.writing import plan_as_json

_written = click.Path(dir_okay=False, path_type=pathlib.Path)
group = AppGroup("matching", help="Who could give back to whom: plan it, or try it out.")


@group.command("plan", with_appcontext=False)
@click.argument("town", type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
@click.option("--out", required=True, type=_written, help="Where the plan is written.")
@click.option("--exact", is_flag=True, help="The best plan there is, by a solver (slow).")
def plan_command(town: pathlib.Path, out: pathlib.Path, *, exact: bool) -> None:
    """Plan a TOWN (JSON) and write the plan and the suggestions, with their reasons.

    The format of both files stands in docs/matching.md. Nothing is kept and nobody is told.
    """
    if out.exists() and out.samefile(town):
        raise click.BadParameter("this is TOWN itself: choose another file", param_hint="--out")
    started = time.process_time()
    with _refusals():
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


@group.command("invent", with_appcontext=False)
@click.option("--residents", default=500, show_default=True, type=click.IntRange(50, 100_000))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--out", required=True, type=_written, help="Where the town is written.")
def invent_command(residents: int, seed: int, out: pathlib.Path) -> None:
    """Invent a town and write it as a file to plan; nobody in it exists."""
    with _refusals(), out.open("w", encoding="utf-8") as file:
        json.dump(describe(invented_world(residents, seed)), file)


@group.command("simulate", with_appcontext=False)
@click.option("--residents", default=500, show_default=True, type=click.IntRange(50, 100_000))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--weeks", default=WEEKS, show_default=True, type=click.IntRange(1, 52))
@click.option("--window-days", default=3, show_default=True, type=click.IntRange(0, 7))
def simulate_command(residents: int, seed: int, weeks: int, window_days: int) -> None:
    """Let people of an invented town look and help for weeks: a list, points alone, the plan.

    What they say yes to is a guess; only the differences between the three say something.
    """
    world = invented_world(residents, seed, weeks=weeks, window_days=window_days)
    for method in Method:
        story = simulate(
            world, method, weeks=weeks, progress=counter(f"days of {method}", weeks * 7)
        )
        click.echo(
            f"{method}: {story.filled} of {story.posted} needs filled after"
            f" {story.wait_days:.1f} days, urgent ones after {story.urgent_wait_days:.1f};"
            f" {story.give_backs} give-backs;"
            f" {story.gave_back} of {story.with_hours} people with hours to give gave some"
            f" (vulnerable {story.vulnerable_share:.0%}, others {story.others_share:.0%})"
        )


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
