# SPDX-License-Identifier: EUPL-1.2
"""Invoices that the town receives: checked, released, paid."""
