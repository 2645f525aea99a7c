"""
Opens the clinical data files that ship with the package.

Each room loads the files it owns through `table` and turns them into frozen values once; nothing else reads
`ketaprogram/knowledge`.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

__all__ = ["files_in", "table"]


def table(name: str) -> dict[str, Any]:
    """
    The content of ``knowledge/<name>.toml``.

    Example:
        >>> sorted(table("sources"))
        ['source']
    """
    with resources.files("ketaprogram").joinpath("knowledge", *f"{name}.toml".split("/")).open("rb") as file:
        return tomllib.load(file)


def files_in(folder: str) -> tuple[str, ...]:
    """
    The names, sorted and without ``.toml``, of the data files in ``knowledge/<folder>``.

    Example:
        >>> "candidacy" in files_in("rulebooks")
        True
    """
    entries = resources.files("ketaprogram").joinpath("knowledge", folder).iterdir()
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in entries if entry.name.endswith(".toml")))
