# SPDX-License-Identifier: EUPL-1.2
"""Hundesteuer: dogs are registered, taxed, moved and signed off."""
