# SPDX-License-Identifier: EUPL-1.2
"""Moving a running Camunda 7 installation in: collect its open instances through its REST API, read them, let them
go on here."""
