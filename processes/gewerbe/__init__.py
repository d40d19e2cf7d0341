# SPDX-License-Identifier: EUPL-1.2
"""Gewerbe: trades are notified, changed and given up, and the notification is certified within three days."""
