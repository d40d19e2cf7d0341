# SPDX-License-Identifier: EUPL-1.2
"""Geburtsurkunde: certificates from the register of births, for whoever may have one."""
