# SPDX-License-Identifier: EUPL-1.2
"""ROOM categories: the kinds of help, and which of them only a professional may do."""
