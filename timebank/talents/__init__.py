# SPDX-License-Identifier: EUPL-1.2
"""ROOM talents: what people like to do, said by themselves, or noted in a talk."""
