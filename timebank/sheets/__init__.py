# SPDX-License-Identifier: EUPL-1.2
"""SHEETS: tables that come and go as files, CSV and XLSX. Pure: bytes in, rows out, and back."""
