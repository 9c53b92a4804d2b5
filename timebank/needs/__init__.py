# SPDX-License-Identifier: EUPL-1.2
"""ROOM needs: what people look for, in their own words first; the kind of help comes later."""
