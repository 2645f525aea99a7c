"""
Which line of a TOML text each member stands on, so that a fault of a rulebook can be found with an editor.

The standard library's parser keeps no places. This one only finds them, in a text that parser has already accepted:
it checks nothing and understands no value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["line_of", "lines_of"]

Path = tuple[str | int, ...]


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    r"""
    The line of a member, or of the nearest one around it that stands in the text.

    Example:
        >>> line_of(("rule", 0, "missing"), lines_of("# rules\n[[rule]]\nid = 1"))
        2
    """
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


def lines_of(text: str) -> Mapping[Path, int]:
    r"""
    The line, from 1, of each table, key and list entry of a TOML text, by its path.

    Example:
        >>> lines_of("a = [\n  1,\n  { b = 2 },\n]")[("a", 1, "b")]
        3
    """
    return _Scan(text).lines


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.counted = (0, 1)
        self._statements()

    def _statements(self) -> None:
        table: Path = ()
        sizes: dict[Path, int] = {}
        while (self._skip(_BLANK)) < len(self.text):
            if not self.text.startswith("[", self.at):
                self._pair(table)
                continue
            of_list = self.text.startswith("[[", self.at)
            start, self.at = self.at, self.at + 1 + of_list
            table = ()
            names = self._key()
            for place, name in enumerate(names):
                table = (*table, name)
                is_last = place == len(names) - 1
                if is_last and of_list:
                    sizes[table] = sizes.get(table, 0) + 1
                if table in sizes:
                    table = (*table, sizes[table] - 1)
            self._mark(table, start)
            self._skip(_TO_END)

    def _pair(self, above: Path) -> None:
        start = self.at
        path = (*above, *self._key())
        self._mark(path, start)
        self._skip(_EQUALS)
        self._value(path)

    def _key(self) -> list[str]:
        names: list[str] = []
        while True:
            self._skip(_SPACE)
            begin = self.at
            self._skip(_NAME)
            names.append(self.text[begin : self.at].strip("\"'"))
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return names
            self.at += 1

    def _value(self, path: Path) -> None:
        opening = self.text[self.at]
        if opening not in "[{":
            self._skip(_STRING if opening in "\"'" else _BARE)
            return
        self.at += 1
        index = 0
        while self._skip(_BLANK) is not None and self.text[self.at] not in "]}":
            if opening == "{":
                self._pair(path)
            else:
                entry = (*path, index)
                self._mark(entry, self.at)
                self._value(entry)
                index += 1
            self._skip(_BLANK)
            self.at += self.text[self.at] == ","
        self.at += 1

    def _skip(self, what: re.Pattern[str]) -> int:
        found = what.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def _mark(self, path: Path, start: int) -> None:
        upto, line = self.counted
        self.counted = (start, line + self.text.count("\n", upto, start))
        self.lines.setdefault(path, self.counted[1])


_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_TO_END = re.compile(r"[^\n]*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_NAME = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|[A-Za-z0-9_-]+')
_STRING = re.compile(
    r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*"{3,5}|\'\'\'(?:[^\']|\'(?!\'\'))*\'{3,5}|"(?:[^"\\]|\\.)*"|\'[^\']*\''
)
_BARE = re.compile(r"[^,\]}#\n]*")
