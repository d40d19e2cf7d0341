# SPDX-License-Identifier: EUPL-1.2
"""Mängelmelder: people report what is broken in the town, others see that it is known, everybody learns the outcome."""
