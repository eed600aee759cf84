"""Reads what the record needs from TypeScript declarations and JavaScript sources, as text.

No parser of the languages: the packages' files are written by one compiler in one layout, and the
record's tests would show a symbol that is read wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OPENING, CLOSING = "([{<", ")]}>"


@dataclass(frozen=True)
class Declaration:
    """A documented or public declaration of a `.d.ts` file.

    Attributes:
      owner: the class it is a member of, "" at the top.
      source: its name in the file where the API has another one, as matMul_ or fusedConv2d_.
      kind: class, function, method, property, static or abstract.
      parameters: the text between its parentheses; "" for none.
      comment: its documentation comment without the asterisks.
    """

    name: str
    source: str
    owner: str
    kind: str
    parameters: str
    comment: str


def read(path: Path) -> str:
    """A source file without the map in its last line, which is longer than all the rest."""
    lines = path.read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if "sourceMappingURL" not in line)


def without_comments(text: str) -> str:
    """The text with blanks for comments, so that places stay."""
    return re.sub(
        r"/\*.*?\*/|(?<![:'\"])//[^\n]*", lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.S
    )


def closing(text: str, start: int) -> int:
    """Where the bracket that opens at `start` closes."""
    depth, quote, i = 0, "", start
    while i < len(text):
        char = text[i]
        if quote:
            if char == "\\":
                i += 1
            elif char == quote:
                quote = ""
        elif char in "'\"`":
            quote = char
        elif char in OPENING:
            depth += 1
        elif char in CLOSING and not (char == ">" and text[i - 1] == "="):
            depth -= 1
            if depth == 0:
                return i
        i += 1
    raise ValueError(f"No end of {text[start : start + 60]!r}")


def split(text: str, separator: str = ",") -> list[str]:
    """The parts between separators that stand within no brackets."""
    parts, depth, quote = [""], 0, ""
    for i, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char in OPENING:
            depth += 1
        elif char in CLOSING and not (char == ">" and text[i - 1] == "="):
            depth -= 1
        if char == separator and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += char
    return [" ".join(part.split()) for part in parts if part.strip()]


def parameters_at(text: str, start: int) -> str:
    """The text between the next parentheses, type parameters before them left out."""
    i = start
    while text[i] != "(":
        i = closing(text, i) + 1 if text[i] == "<" else i + 1
    return text[i + 1 : closing(text, i)]


_DOCUMENTED = re.compile(r"/\*\*((?:(?!\*/).)*)\*/\s*(?=(\S[^\n]*))", re.S)
_TOP = re.compile(
    r"(?:export )?(?:declare )?(?:abstract )?(?:async )?(class|function) ([\w$]+)", re.S
)
_MEMBER = re.compile(
    r"((?:(?:static|abstract|protected|private|readonly|async|get|set) +)*)([\w$]+)\??(?=\s*[(<:])"
)


def declarations(path: Path) -> Iterator[Declaration]:
    """The declarations of a `.d.ts` file: those with a comment, and all functions at the top."""
    text = read(path)
    code = without_comments(text)
    classes = []
    for match in re.finditer(r"\bclass ([\w$]+)", code):
        start = code.index("{", match.end())
        classes.append((match[1], start, closing(code, start)))
    commented = {}
    for match in _DOCUMENTED.finditer(text):
        commented[match.start(2)] = _plain(match[1])
    starts = {**{m.start(): "" for m in _TOP.finditer(code)}, **commented}
    for start, comment in sorted(starts.items()):
        owner = next((name for name, a, b in classes if a < start < b), "")
        found = _declaration(code, start, owner, comment)
        if found:
            yield found


def _declaration(code: str, start: int, owner: str, comment: str) -> Declaration | None:
    if owner:
        member = _MEMBER.match(code, start)
        if not member:
            return None
        modifiers, name = member[1].split(), member[2]
        is_method = code[member.end() :].lstrip()[0] in "(<" and "get" not in modifiers
        kind = "method" if is_method else "property"
        kind = next((word for word in ("static", "abstract") if word in modifiers), kind)
        arguments = parameters_at(code, member.end()) if is_method else ""
        return Declaration(name, name, owner, kind, arguments, comment)
    top = _TOP.match(code, start)
    if top:
        kind, name = top[1], top[2]
        arguments = _constructor(code, top.end()) if kind == "class" else ""
        if kind == "function":
            arguments = parameters_at(code, top.end())
        return Declaration(_exported(code, name), name, "", kind, arguments, comment)
    # A documentation comment before the interface that its function returns.
    later = re.compile(r"declare function ([\w$]+)").search(code, start)
    if comment and later and code.startswith("interface", start):
        name, arguments = later[1], parameters_at(code, later.end())
        return Declaration(_exported(code, name), name, "", "function", arguments, comment)
    return None


def _exported(code: str, name: str) -> str:
    """`export declare const conv2d: typeof fusedConv2d_` gives a function its public name."""
    alias = re.search(rf"declare const ([\w$]+): typeof {re.escape(name)};", code)
    return alias[1] if alias and name.endswith("_") else name.removesuffix("_")


def _constructor(code: str, start: int) -> str:
    opened = code.index("{", start)
    found = re.compile(r"\bconstructor\b").search(code, opened, closing(code, opened))
    return parameters_at(code, found.end()) if found else ""


def _plain(comment: str) -> str:
    lines = [re.sub(r"^\s*\* ?", "", line) for line in comment.splitlines()]
    return "\n".join(lines).strip()


def signature_in(code: str, declared: Declaration) -> str | None:
    """The parameters of a declaration in its JavaScript (`code` is without comments)."""
    name, owner, kind = declared.source, declared.owner, declared.kind
    if kind == "property":
        return None
    begin, end = 0, len(code)
    if owner or kind == "class":
        match = re.search(rf"\bclass {re.escape(owner or name)}\b", code)
        if not match:
            return None
        begin, end = match.end(), code.index("\n}", match.end())
        wanted = "constructor" if kind == "class" else name
        pattern = rf"^\s*(?:static )?(?:async )?{re.escape(wanted)}(?=\()"
    else:
        pattern = rf"\bfunction {re.escape(name)}(?=\()"
    found = re.compile(pattern, re.M).search(code, begin, end)
    return parameters_at(code, found.end()) if found else None


def methods_of_tensor(path: Path) -> dict[str, str]:
    """The methods that a `.d.ts` file of `public/chained_ops` adds to Tensor: their parameters."""
    code = without_comments(read(path))
    start = code.find("interface Tensor<")
    if start < 0:
        return {}
    body = code.index("{", start)
    found = re.finditer(r"^\s+([\w$]+)(?=[<(])", code[body:], re.M)
    return {match[1]: parameters_at(code, body + match.end()) for match in found}
