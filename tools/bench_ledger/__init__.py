# SPDX-License-Identifier: EUPL-1.2
"""``make bench-ledger``: the same work on our ledger and on others, interleaved, as ratios."""
