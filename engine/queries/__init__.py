# SPDX-License-Identifier: EUPL-1.2
"""Looking without touching: what lists and pages show."""
