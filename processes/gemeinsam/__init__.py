# SPDX-License-Identifier: EUPL-1.2
"""What two slices share: parts of letters and mails."""
