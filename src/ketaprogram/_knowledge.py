"""
Opens the clinical data files that ship with the package.

Each room loads the files it owns through `table` and turns them into frozen values once; nothing else reads
`ketaprogram/knowledge`.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

from ketaprogram.errors import UnknownItemError
from ketaprogram.issues import nearest, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["files_in", "look_up", "table"]

Found = TypeVar("Found")


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


def look_up(known: Mapping[str, Found], name: str, what: str) -> Found:
    """
    The entry of that name.

    Raises:
        UnknownItemError: There is none; the message says what was looked for and names the nearest.

    Example:
        >>> look_up({"nausea": 1}, "nausia", "side effect")
        Traceback (most recent call last):
            ...
        ketaprogram.errors.UnknownItemError: no side effect is called nausia. Did you mean nausea?
    """
    if name not in known:
        message = f"no {what} is called {shown(name)}. {nearest(name, known)}".rstrip()
        raise UnknownItemError(message)
    return known[name]
