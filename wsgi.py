# SPDX-License-Identifier: EUPL-1.2
"""What a web server imports: the application."""

from timebank.app import create_app

app = create_app()
