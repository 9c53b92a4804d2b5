# SPDX-License-Identifier: EUPL-1.2
"""LIBRARY documents: a document of headings, pictures and tables, drawn as PDF. Pure."""
