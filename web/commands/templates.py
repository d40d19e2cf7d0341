# SPDX-License-Identifier: EUPL-1.2
"""`amt templates`: what designers need to pick our operations in the Camunda Modeler. Reads no settings."""

import json

import click


@click.command()
def templates() -> None:
    """Print element templates for the Camunda Modeler, one for each operation, as JSON.

    Put them into the folder .camunda/element-templates beside the models; the Modeler then offers every operation
    at a service task, with its inputs.

    \b
    Example:
      amt templates > .camunda/element-templates/amtsfluss.json
    """
    from processes import load
    from web.modeler import element_templates

    load()
    click.echo(json.dumps(element_templates(), ensure_ascii=False, indent=2))
