"""Parameters of the recorded API: names, defaults, what is required, options of config objects."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.tfjs.source_text import read, split, without_comments


def parameters(
    declared: str, source: str | None, interfaces: dict[str, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """The parameters that TypeScript declares and that JavaScript's `source` has, in order."""
    types = [part.partition(":") for part in split(declared) if not part.startswith("this:")]
    parts = split(source) if source is not None else [head for head, _, _ in types]
    entries = []
    for i, part in enumerate(parts):
        head, _, kind = types[i] if i < len(types) else ("", "", "")
        text, _, default = _assigned(part)
        entry: dict[str, Any] = {"name": text.rstrip("?").removeprefix("...")}
        if text.startswith("..."):
            entry["rest"] = True
        # A default before a required parameter is never used.
        optional = head.rstrip().endswith("?") if head else bool(default)
        entry["required"] = not (optional or text.startswith("..."))
        if default:
            entry["default"] = default
        options = interfaces.get(re.sub(r"<.*", "", kind.strip()).removeprefix("io."))
        if text.startswith("{"):
            entry["name"] = ""
            entry["options"] = _destructured(text, kind)
        elif options and not default.startswith("["):
            entry["options"] = options
        entries.append(entry)
    return entries


def _assigned(part: str) -> tuple[str, str, str]:
    """`name = default`, where the name may be a pattern with defaults in braces."""
    head, *rest = split(part.replace("=>", "\0"), "=")
    return head.replace("\0", "=>"), "=", "=".join(rest).replace("\0", "=>")


def _destructured(pattern: str, kind: str) -> list[dict[str, Any]]:
    typed = {option["name"]: option for option in _members(kind)}
    options = []
    for part in split(pattern.strip()[1:-1]):
        name, _, default = _assigned(part)
        option = {"name": name, "required": typed.get(name, {}).get("required", not default)}
        options.append({**option, **({"default": default} if default else {})})
    return options


def _members(kind: str) -> list[dict[str, Any]]:
    """The fields of an object's type."""
    body = kind.strip()
    if not body.startswith("{"):
        return []
    members = []
    for part in split(body[1:-1], ";"):
        found = re.match(r"(?:readonly )?([\w$]+)(\??)\s*[:(]", part)
        if found:
            members.append({"name": found[1], "required": not found[2]})
    return members


def interfaces_in(folders: Iterable[Path]) -> dict[str, list[dict[str, Any]]]:
    """The options of every config object of the packages, what they extend included."""
    own: dict[str, tuple[list[str], list[dict[str, Any]]]] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.d.ts")):
            code = without_comments(read(path))
            pattern = r"interface ([\w$]+)(?:<[^{]*?>)?(?: extends ([^{]*))? \{"
            for found in re.finditer(pattern, code):
                if re.search(r"(Args|Config|Options|Init)$", found[1]):
                    body = code[found.end() - 1 : _closing_brace(code, found.end() - 1) + 1]
                    bases = re.findall(r"[A-Za-z_]\w*", re.sub(r"<.*?>", "", found[2] or ""))
                    own[found[1]] = (bases, _members(body))

    def all_of(name: str) -> list[dict[str, Any]]:
        bases, members = own.get(name, ([], []))
        mine = {member["name"] for member in members}
        inherited = [o for base in bases for o in all_of(base) if o["name"] not in mine]
        return [*members, *inherited]

    return {name: all_of(name) for name in sorted(own)}


def _closing_brace(code: str, start: int) -> int:
    depth = 0
    for i in range(start, len(code)):
        depth += (code[i] == "{") - (code[i] == "}")
        if depth == 0:
            return i
    raise ValueError(f"No end of {code[start : start + 60]!r}")
