# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text for a terminal: nothing in it acts on the terminal, and its width is what the eye sees."""

from __future__ import annotations

import re
import unicodedata

# Control and format characters (ANSI sequences, right-to-left marks), surrogates, private and unassigned code points,
# line and paragraph separators: none has a width to rely on, and some lie about what is on the screen.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


# An option stays with its value, since people copy them together.
_WORD = re.compile(r"(?:-e )?\S+")


def make_visible(text: str, encoding: str = "utf-8") -> str:
    """Escape every character that does not simply show itself, or that ``encoding`` does not have."""
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(_escape(char) if unicodedata.category(char) in _INVISIBLE else char for char in text)
    return shown.encode(encoding, "backslashreplace").decode(encoding)


def measure_width(text: str) -> int:
    """Count the columns of visible text: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(map(_measure_character, text))


def shorten(text: str, width: int, mark: str) -> str:
    """Cut a visible name to ``width`` columns: a host's domain at its end, any other name in its middle."""
    if measure_width(text) <= width:
        return text
    room = width - measure_width(mark)
    if room < 1:
        return _take(text, width)
    label, dot, _domain = text.partition(".")
    if dot and measure_width(label) <= room and not label.isdigit():  # an address differs at its end
        return _take(text, room) + mark
    head = _take(text, room - room // 3)
    tail = _take(text[::-1], room - measure_width(head))[::-1]
    return head + mark + tail


def wrap(text: str, width: int, max_lines: int, mark: str) -> list[str]:
    """Break visible text into lines between its words; what is longer than ``max_lines`` ends in ``mark``."""
    lines = [""]
    for word in _WORD.findall(" ".join(text.split())):
        rest = word
        if lines[-1] and measure_width(lines[-1]) + 1 + measure_width(rest) <= width:
            lines[-1] += " " + rest
            continue
        while rest:
            piece = _take(rest, width) or rest[0]
            rest = rest[len(piece) :]
            lines.append(piece)
    lines = [line for line in lines if line]
    if len(lines) > max_lines:
        del lines[max_lines:]
        lines[-1] = _take(lines[-1], width - measure_width(mark)) + mark
    return lines


def _take(text: str, width: int) -> str:
    used = 0
    for index, char in enumerate(text):
        used += _measure_character(char)
        if used > width:
            return text[:index]
    return text


def _measure_character(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _escape(char: str) -> str:
    number = ord(char)
    if number < 0x100:
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char, f"\\x{number:02x}")
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
