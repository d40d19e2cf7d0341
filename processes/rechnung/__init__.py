# SPDX-License-Identifier: EUPL-1.2
"""Rechnung: what people owe the town, how they pay it online, and what has arrived."""
