# SPDX-License-Identifier: EUPL-1.2
"""Commands with which operators look after running cases and published models."""
