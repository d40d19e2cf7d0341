# SPDX-License-Identifier: EUPL-1.2
"""Sondernutzung: using a street for more than walking and driving, heard by offices, granted or deemed granted."""
