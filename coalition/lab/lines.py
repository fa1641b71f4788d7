"""On which line a scenario file says a key, since the TOML reader does not tell."""

import re

_TABLE = re.compile(r"\s*\[\s*([\w.-]+)\s*\]")
_LIST = re.compile(r"\s*\[\[\s*([\w.-]+)\s*\]\]")
_KEY = re.compile(r"\s*([\w.-]+)\s*=")
_INLINE_DO = re.compile(r"[{,]\s*\"?do\"?\s*=")


class Lines:
    """Lines by key path such as `params.hold_back` or `events.3.amount`. Lines count from 1."""

    def __init__(self, text: str) -> None:
        self._at: dict[str, int] = {}
        counts: dict[str, int] = {}
        table = ""
        for line, content in enumerate(text.splitlines(), start=1):
            if match := _LIST.match(content):
                name = match[1]
                table = f"{name}.{counts.get(name, 0)}"
                counts[name] = counts.get(name, 0) + 1
                self._at.setdefault(table, line)
            elif match := _TABLE.match(content):
                table = match[1]
                self._at.setdefault(table, line)
            else:
                if match := _KEY.match(content):
                    self._at.setdefault(f"{table}.{match[1]}" if table else match[1], line)
                if not table:
                    for _ in _INLINE_DO.finditer(content):
                        index = counts.get("events", 0)
                        self._at.setdefault(f"events.{index}", line)
                        counts["events"] = index + 1

    def of(self, path: str) -> int | None:
        """The line of a key, or of the nearest thing around it; None if it is nowhere."""
        while path:
            if path in self._at:
                return self._at[path]
            path = path.rpartition(".")[0]
        return None

    @staticmethod
    def in_message(message: str) -> int | None:
        """The line that a message of the TOML reader names, as in `(at line 3, column 5)`."""
        match = re.search(r"at line (\d+)", message)
        return int(match[1]) if match else None
