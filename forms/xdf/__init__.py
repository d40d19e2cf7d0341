# SPDX-License-Identifier: EUPL-1.2
"""XDatenfelder 2 and 3 (FIM), read as a draft of a service: form, model, schema of the data, record of processing.

`read_schema` reads the XML, `draft` makes files of it and says what could not be carried over.
"""

from .drafting import Draft, draft
from .genericode import read_code_list
from .model import CodeList, Group, Schema, XdfField, XdfRefused
from .reading import read_schema

__all__ = ["CodeList", "Draft", "Group", "Schema", "XdfField", "XdfRefused", "draft", "read_code_list", "read_schema"]
