# SPDX-License-Identifier: EUPL-1.2
"""Change the ledger in many small ways and count how many the tests find (``make mutants``)."""
