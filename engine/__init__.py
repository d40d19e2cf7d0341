# SPDX-License-Identifier: EUPL-1.2
"""Cases, tasks, jobs and decisions: moves tokens and remembers. Knows no Flask and no town."""
