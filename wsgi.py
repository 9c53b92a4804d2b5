# SPDX-License-Identifier: EUPL-1.2
"""What a web server imports: the application, if its database can be trusted with the books."""

from timebank.app import create_app
from timebank.extensions import refuse_unsafe_database

app = create_app()
with app.app_context():
    refuse_unsafe_database()
