# SPDX-License-Identifier: EUPL-1.2
"""Why a claim cannot be paid or found, each as a sentence."""

from engine.errors import AmtsflussError, NotFound


class ForderungUnbekannt(NotFound):
    """No claim has this reference."""


class ForderungIstBezahlt(AmtsflussError):
    """The claim has been paid before."""


class ForderungIstStorniert(AmtsflussError):
    """The claim has been withdrawn; nothing is owed any more."""


class ForderungIstErledigt(AmtsflussError):
    """The claim is no longer open, so it can be neither taken back nor remitted."""


class ZahlungWirdVorbereitet(AmtsflussError):
    """A payment for this claim is being set up at this moment."""
