# SPDX-License-Identifier: EUPL-1.2
"""`amt import-xdf`: a draft of a service from a data schema of FIM. Reads no settings."""

from pathlib import Path

import click


@click.command("import-xdf")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Folder of the new service.")
@click.option(
    "--code-lists",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Folder with code lists in Genericode that the schema only names.",
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
def import_xdf(file: Path, folder: Path | None, code_lists: Path | None, force: bool) -> None:
    """Make a draft of a service from FILE, a data schema in XDatenfelder 2 or 3.

    Writes the form, a first process model, a JSON Schema of the data, a draft of the record of processing (Art. 30
    GDPR) and a report that names what could not be carried over: missing code lists, rules, limits.

    \b
    Examples:
      amt import-xdf S60000011.xdf3.xml
      amt import-xdf S60000011.xdf3.xml --to processes/fundsache --code-lists codelisten
    """
    from forms.xdf import XdfRefused, draft, read_code_list, read_schema

    try:
        lists = [read_code_list(each.read_bytes()) for each in sorted(code_lists.glob("*.xml"))] if code_lists else []
        made = draft(read_schema(file.read_bytes()), {each.urn: each for each in lists})
    except XdfRefused as refused:
        raise click.ClickException(str(refused)) from refused
    target = folder or Path(made.name)
    there = [name for name in made.files if (target / name).exists()]
    if there and not force:
        raise click.ClickException(f"{target} already holds {', '.join(there)}. Choose another folder, or use --force.")
    target.mkdir(parents=True, exist_ok=True)
    for name, content in made.files.items():
        (target / name).write_bytes(content)
        click.echo(f"{target / name}")
    click.echo(f"{len(made.open_points)} open points: {target / 'bericht.md'}")
