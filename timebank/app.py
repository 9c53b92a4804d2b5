# SPDX-License-Identifier: EUPL-1.2
"""The application: settings, extensions and doors, wired in named steps. Nothing else."""

from __future__ import annotations

import functools
import os
import pathlib

from environs import EnvError
from flask import Flask
from flask.cli import FlaskGroup, NoAppException
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

import ledger
from config import Settings, UnsafeSettings, settings_for
from timebank import clock
from timebank.cli import register_commands
from timebank.extensions import babel, csrf, db, migrate
from timebank.jobs.commands import register_job_commands
from timebank.jobs.runner import run_beside
from timebank.web import register_web
from timebank.web.duties import warn_before_expiry
from timebank.web.language import chosen_language


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application.

    Args:
        settings: None reads them from the environment, as ``TIMEBANK_ENVIRONMENT`` says.

    Raises:
        config.UnsafeSettings: the settings may not be used.
    """
    if settings is None:
        settings = settings_for(os.environ.get("TIMEBANK_ENVIRONMENT", "development"))
    app = Flask("timebank", template_folder="web/templates", static_folder="web/static")
    app.config.from_mapping(settings.flask_mapping())
    _make_room_for_the_database(settings.database_url)
    _bind_extensions(app)
    register_web(app)
    warn_before_expiry(app, now=clock.now())
    register_commands(app)
    register_job_commands(app)
    if settings.proxy_count:
        count = settings.proxy_count
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    app.extensions["start_jobs"] = functools.partial(_start_jobs, app)
    return app


def _start_jobs(app: Flask) -> None:
    """Run the scheduled jobs beside the web, where the settings ask for it.

    The web server calls this in each worker process, never in the one that forks them.
    """
    if app.config["TIMEBANK_SCHEDULER_IN_PROCESS"]:
        app.extensions["jobs"] = run_beside(app)


def _make_room_for_the_database(database_url: str) -> None:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        pathlib.Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, compare_type=True)
    csrf.init_app(app)
    babel.init_app(
        app, locale_selector=chosen_language, default_translation_directories="translations"
    )
    with app.app_context():
        ledger.prepare_engine(db.engine)


def _create_for_command_line() -> Flask:
    """Make the application; settings that cannot be used are said in one sentence."""
    try:
        return create_app()
    except (UnsafeSettings, EnvError) as refusal:
        raise NoAppException(str(refusal)) from refusal


main = FlaskGroup(
    create_app=_create_for_command_line,
    add_version_option=False,
    help="Timebank: hours of help between neighbours. `timebank COMMAND --help` explains each.",
)
