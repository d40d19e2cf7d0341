# SPDX-License-Identifier: EUPL-1.2
"""What answers look like: one type for each thing that clients of Camunda 7 know, with exactly its names.

The functions that write answers return these types, so mypy sees that no field is missing, misspelt or too much; the
description of the interface is made from the same types (`web.api.schemas`), so it says what is written.
"""
