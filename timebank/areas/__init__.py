# SPDX-License-Identifier: EUPL-1.2
"""ROOM areas: municipalities, wijken and buurten; timebanks, and the areas they switched on."""
