# SPDX-License-Identifier: EUPL-1.2
"""Nachrichten: what applicants and offices write to each other about a case, beside what the model asks."""
