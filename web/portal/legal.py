# SPDX-License-Identifier: EUPL-1.2
"""What every public site has to say about itself: privacy, who is responsible, accessibility."""

from flask import render_template

from web.portal import blueprint


@blueprint.get("/datenschutz")
def privacy() -> str:
    """What happens to personal data."""
    return render_template("portal/datenschutz.html")


@blueprint.get("/impressum")
def imprint() -> str:
    """Who is responsible for these pages."""
    return render_template("portal/impressum.html")


@blueprint.get("/barrierefreiheit")
def accessibility() -> str:
    """The declaration of accessibility, in the order that the state's ordinance prescribes (L-BGG-DVO, Anlage 1)."""
    return render_template("portal/barrierefreiheit.html")
