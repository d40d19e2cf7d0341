# SPDX-License-Identifier: EUPL-1.2
"""Fundsache: what was found is kept, looked for, given back, or belongs to the finder after six months."""
