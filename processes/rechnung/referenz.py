# SPDX-License-Identifier: EUPL-1.2
"""Payment references after ISO 11649 (RF): check digits catch what people mistype on a transfer."""

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

MAX_BODY = 21


def referenz(body: str) -> str:
    """The RF reference with that body: 1 to 21 letters and digits, upper case. `1` gives `RF741`."""
    if not (1 <= len(body) <= MAX_BODY and body.isascii() and body.isalnum() and body == body.upper()):
        raise ValueError("The body of a reference is 1 to 21 letters and digits.")
    reference = f"RF{mod_97_10.calc_check_digits(f'{body}RF')}{body}"
    return str(iso11649.validate(reference))
