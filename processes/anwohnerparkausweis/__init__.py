# SPDX-License-Identifier: EUPL-1.2
"""Bewohnerparkausweis: from the citizen's application to the paid permit."""
