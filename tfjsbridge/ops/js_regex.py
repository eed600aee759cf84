"""JavaScript's regular expressions and replacements, with Python's.

Follows ECMAScript's RegExp (without flags but "g") and String.prototype.replace, which tf.js's
staticRegexReplace calls. Python's expressions are nearly the same; what is written otherwise there
is rewritten here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

#: White space beyond ASCII, for JavaScript's \s.
_SPACE = "\\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
#: JavaScript's dot: anything but the end of a line.
_DOT = "[^\\n\\r\u2028\u2029]"
#: Letters that mean the same behind a backslash in both.
_SAME = set("dDwWbtnvfr")
_QUANTIFIER = re.compile(r"\{\d+(,\d*)?\}")
_REPLACEMENT = re.compile(r"\$(\$|&|`|'|[0-9]{1,2}|<[^>]*>)")


def replacer(pattern: str, rewrite: str, everywhere: bool) -> Callable[[Any], Any]:
    """A function that replaces matches in a NumPy array of encoded strings.

    Args:
      pattern: JavaScript's regular expression.
      rewrite: JavaScript's replacement, with $1, $&, $$ and so on.
      everywhere: whether to replace every match, not only the first of a string.

    Raises:
      ValueError: for what is no regular expression, or one that Python has not.
    """
    try:
        expression = re.compile(python_pattern(pattern), re.ASCII)
    except re.error as error:
        raise ValueError(f"Invalid regular expression: /{pattern}/: {error}") from None

    def replaced(encoded: bytes) -> bytes:
        text, parts, copied, at = encoded.decode("utf-8", "replace"), [], 0, 0
        while match := expression.search(text, at) if at <= len(text) else None:
            parts += [text[copied : match.start()], _expanded(rewrite, match)]
            copied = match.end()
            if not everywhere:
                break
            # JavaScript: behind nothing that matched, it goes on a character further.
            at = copied + (match.start() == copied)
        return "".join([*parts, text[copied:]]).encode()

    return lambda texts: np.asarray(np.frompyfunc(replaced, 1, 1)(texts), dtype=object)


def _expanded(rewrite: str, match: re.Match[str]) -> str:
    """The text to put in place of a match (GetSubstitution)."""

    def part(reference: re.Match[str]) -> str:
        what = reference[1]
        if what[0].isdigit():
            return _group(what, match, reference[0])
        if what[0] == "<":
            names = match.re.groupindex
            return (match[what[1:-1]] or "" if what[1:-1] in names else "") if names else "$" + what
        return {
            "$": "$",
            "&": match[0],
            "`": match.string[: match.start()],
            "'": match.string[match.end() :],
        }[what]

    return _REPLACEMENT.sub(part, rewrite)


def _group(digits: str, match: re.Match[str], reference: str) -> str:
    """The group of one or two digits; what names no group stays as it is."""
    for count in range(len(digits), 0, -1):
        number = int(digits[:count])
        if 1 <= number <= match.re.groups:
            return (match[number] or "") + digits[count:]
    return reference


def python_pattern(pattern: str) -> str:
    """A regular expression of JavaScript as Python writes it."""
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        text, at = _next(pattern, at)
        parts.append(text)
    return "".join(parts)


def _next(pattern: str, at: int) -> tuple[str, int]:
    """What stands at a place outside of brackets, and the place behind it."""
    character = pattern[at]
    if character == "\\":
        return _escape(pattern, at, bracket=False)
    if character == "[":
        return _bracket(pattern, at)
    if character == ".":
        return _DOT, at + 1
    if character == "$":
        return "\\Z", at + 1
    if pattern.startswith("(?", at):
        return _group_start(pattern, at)
    quantifier = _QUANTIFIER.match(pattern, at)
    end = quantifier.end() if quantifier else at + 1
    if quantifier or character in "*+?":
        if pattern.startswith("+", end):  # in Python, a quantifier that does not give back
            raise re.error("Nothing to repeat", pattern, end)
        return pattern[at:end], end
    return ("\\" + character if character in "{}" else character), end


def _group_start(pattern: str, at: int) -> tuple[str, int]:
    if pattern.startswith(("(?:", "(?=", "(?!"), at):
        return pattern[at : at + 3], at + 3
    if pattern.startswith(("(?<=", "(?<!"), at):
        return pattern[at : at + 4], at + 4
    if pattern.startswith("(?<", at):
        return "(?P<", at + 3
    raise re.error("Invalid group", pattern, at)


def _bracket(pattern: str, at: int) -> tuple[str, int]:
    """A set of characters in brackets, which `]` ends in JavaScript wherever it stands."""
    start = "[^" if pattern.startswith("[^", at) else "["
    at += len(start)
    parts = []
    while not pattern.startswith("]", at):
        if at >= len(pattern):
            raise re.error("Unterminated character class", pattern, at)
        if pattern[at] == "\\":
            text, at = _escape(pattern, at, bracket=True)
        else:
            text, at = ("\\" if pattern[at] in "[&|~" else "") + pattern[at], at + 1
        parts.append(text)
    if not parts:  # nothing, or anything
        return ("(?!)" if start == "[" else "[\\s\\S]"), at + 1
    return start + "".join(parts) + "]", at + 1


def _escape(pattern: str, at: int, bracket: bool) -> tuple[str, int]:
    """What a backslash begins."""
    if at + 1 == len(pattern):
        raise re.error("\\ at end of pattern", pattern, at)
    letter, end = pattern[at + 1], at + 2
    if letter == "s":
        return (_SPACE if bracket else f"[{_SPACE}]"), end
    if letter == "S" and not bracket:
        return f"[^{_SPACE}]", end
    code = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})").match(pattern, at + 1)
    if code:
        return re.escape(chr(int(code[1] or code[2], 16))), code.end()
    control = re.compile(r"c([a-zA-Z])").match(pattern, at + 1)
    if control:
        return re.escape(chr(ord(control[1]) % 32)), control.end()
    name = re.compile(r"k<([^>]*)>").match(pattern, at + 1)
    if name and "(?<" in pattern:
        return f"(?P={name[1]})", name.end()
    if letter == "0" and not pattern[end : end + 1].isdigit():
        return "\\x00", end
    if letter == "B" and not bracket:  # Python's own finds none in an empty string
        return "(?!\\b)", end
    if letter in _SAME or letter.isdigit() or letter == "S":
        return "\\" + letter, end
    return re.escape(letter), end
