# SPDX-License-Identifier: EUPL-1.2
"""The Flask extensions, made once here and bound to an application in ``timebank.app``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, g, has_request_context, request
from flask_babel import Babel
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import Engine

from ledger import (
    READ_ONLY,
    Base,
    UnsafeDatabase,
    open_tables,
    refuse_unsafe,
    role_dangers,
)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class DoorSession(Session):
    """The session of a request: one that only reads never takes SQLite's write lock."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the parent
        """Return the engine; for a request that may not write, the same engine for reading."""
        bind = super().get_bind(*args, **kwargs)
        if has_request_context() and _only_reads() and isinstance(bind, Engine):
            return _reading(bind)
        return bind


def will_write() -> None:
    """Say, before the first statement, that this request writes although it is a GET.

    For the one answer that comes from elsewhere by a redirect (docs/adr/0026).
    """
    g.will_write = True


def _only_reads() -> bool:
    return request.method in SAFE_METHODS and not g.get("will_write", False)


def _reading(engine: Engine) -> Engine:
    """Return the same engine for reading, one for each application: connections are shared."""
    readers: dict[Engine, Engine] = current_app.extensions.setdefault("reading_engines", {})
    return readers.setdefault(engine, engine.execution_options(**READ_ONLY))


class Database(SQLAlchemy):
    """Flask-SQLAlchemy, with its scoped session typed as the session that it stands for."""

    if TYPE_CHECKING:
        session: Session  # type: ignore[assignment]


def refuse_unsafe_database() -> None:
    """Hold a process up that would serve from a database which can lose or bend the books.

    Raises:
        ledger.UnsafeDatabase: with one sentence for each danger.
    """
    if current_app.config["TIMEBANK_UNSAFE_DATABASE"]:
        return
    refuse_unsafe(db.engine)
    with db.engine.connect() as connection:
        opened, strong = sorted(open_tables(connection)), role_dangers(connection)
    if opened:
        raise UnsafeDatabase((f"nothing walls the timebanks apart in {', '.join(opened)}",))
    if strong and current_app.config["TIMEBANK_SEPARATE_ROLES"]:
        raise UnsafeDatabase(tuple(strong))
    for danger in strong:
        current_app.logger.warning("%s; see `timebank database roles`", danger)


db = Database(model_class=Base, session_options={"class_": DoorSession})
migrate = Migrate()
csrf = CSRFProtect()
babel = Babel()
