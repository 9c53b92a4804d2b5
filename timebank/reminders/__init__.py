# SPDX-License-Identifier: EUPL-1.2
"""ROOM reminders: who was reminded of an appointment, so that nobody is reminded twice."""
