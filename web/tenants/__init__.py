# SPDX-License-Identifier: EUPL-1.2
"""Several towns on one installation: which there are, opening them, and looking after their jobs."""
