# SPDX-License-Identifier: EUPL-1.2
"""Turns the syntax tree of an expression into functions that compute its value; one module per kind of part."""

from engine.feel.compiling import functions, loops, operations, reading, tests
from engine.feel.compiling.base import Code, Compiler

__all__ = ["Code", "Compiler", "functions", "loops", "operations", "reading", "tests"]
