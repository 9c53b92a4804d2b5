# SPDX-License-Identifier: EUPL-1.2
"""django-hordak, through its own functions, in its own environment.

Called as a client like ``client.py``, and as ``rival_hordak.py prepare|load URL [TRANSFERS]``.
"""

from __future__ import annotations

import datetime
import os
import sys
import urllib.parse
from decimal import Decimal

from choices import ACCOUNTS


def configure(url: str) -> None:
    """Set Django up for this database, and nothing else."""
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    parts = urllib.parse.urlsplit(url.replace("postgresql+psycopg://", "postgresql://"))
    query = urllib.parse.parse_qs(parts.query)
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path.lstrip("/"),
                "USER": parts.username,
                "HOST": query.get("host", [parts.hostname])[0],
                "CONN_MAX_AGE": None,
            }
        },
        CURRENCIES=["EUR"],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()


class Hordak:
    """Two legs for each transfer, in one transaction."""

    name = "django-hordak"

    def prepare(self) -> None:
        from django.core.management import call_command  # noqa: PLC0415
        from hordak.models import Account, AccountType  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        for number in range(ACCOUNTS):
            Account.objects.create(
                name=f"member {number}",
                code=str(number),
                type=AccountType.liability,
                currencies=["EUR"],
            )

    def connect(self, _url: str) -> None:
        from hordak.models import Account  # noqa: PLC0415

        self.accounts = list(Account.objects.order_by("id"))

    def post(self, pair: tuple[int, int]) -> None:
        from django.db import transaction  # noqa: PLC0415
        from moneyed import Money  # noqa: PLC0415

        with transaction.atomic():
            self.accounts[pair[0]].transfer_to(self.accounts[pair[1]], Money(60, "EUR"))

    def load(self, transfers: int) -> None:
        """Write a long history past the ORM, which would take hours."""
        from django.db import connection  # noqa: PLC0415

        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(
                "INSERT INTO hordak_transaction (uuid, timestamp, date, description)"
                " SELECT gen_random_uuid(), at, at::date, '' FROM (SELECT"
                " timestamptz '2020-01-01 00:00Z' + n * interval '3 minutes' AS at"
                " FROM generate_series(0, %s) n) moments",
                [transfers - 1],
            )
            cursor.execute(
                "CREATE TEMP TABLE pairs AS SELECT id AS transaction_id,"
                " floor(random() * 1000)::int AS a, floor(random() * 999)::int AS b"
                " FROM hordak_transaction ORDER BY id"
            )
            cursor.execute("SELECT min(id) FROM hordak_account")
            first = cursor.fetchone()[0]
            cursor.execute(
                "INSERT INTO hordak_leg (uuid, debit, credit, currency, description, account_id,"
                " transaction_id) SELECT gen_random_uuid(), CASE WHEN side = 0 THEN 60 END,"
                " CASE WHEN side = 1 THEN 60 END, 'EUR', '',"
                " %s + CASE WHEN side = 0 THEN a WHEN b >= a THEN b + 1 ELSE b END, transaction_id"
                " FROM pairs, (VALUES (0), (1)) sides (side) ORDER BY transaction_id",
                [first],
            )
            cursor.execute("SET session_replication_role = origin")

    def balance(self, account: int) -> None:
        self.accounts[account].get_simple_balance()

    def balance_at(self, account: int, moment: datetime.datetime) -> None:
        self.accounts[account].get_simple_balance(as_of=moment.date())

    def statement(self, account: int) -> None:
        from hordak.models import Leg  # noqa: PLC0415

        legs = Leg.objects.filter(account=self.accounts[account]).order_by("-id")
        list(legs.with_account_balance_after()[:50])

    def drift(self) -> int:
        """Return whether debits and credits differ."""
        from django.db import connection  # noqa: PLC0415

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(credit), 0) - coalesce(sum(debit), 0) FROM hordak_leg"
            )
            return int(cursor.fetchone()[0] != Decimal(0))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    if sys.argv[1] in ("prepare", "load"):
        configure(sys.argv[2])
        hordak = Hordak()
        if sys.argv[1] == "prepare":
            hordak.prepare()
        else:
            hordak.load(int(sys.argv[3]))
    else:
        from client import run

        configure(sys.argv[2])
        run(Hordak(), sys.argv[2:])
