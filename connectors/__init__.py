# SPDX-License-Identifier: EUPL-1.2
"""The town's neighbours: each one a port, its real adapters, its fake and a `check()`."""
