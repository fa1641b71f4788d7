"""Compiles the translations when the package is built or installed. Only the build reads this file."""

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTranslations(BuildHookInterface):  # type: ignore[misc]
    """Writes the compiled form of each language beside its file; the wheel holds that form alone."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the build's own names
        """Compile all languages."""
        sys.path.insert(0, self.root)
        try:
            from coalition.locale.catalogue import compile_all
        finally:
            sys.path.remove(self.root)
        compile_all()
