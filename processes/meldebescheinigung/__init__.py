# SPDX-License-Identifier: EUPL-1.2
"""Meldebescheinigung: what the register of residents says of oneself, and the little that it says of others."""
