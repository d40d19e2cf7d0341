# SPDX-License-Identifier: EUPL-1.2
"""Mein Rathaus: the accounts of citizens, with what they have applied for and what the town knows of them."""
