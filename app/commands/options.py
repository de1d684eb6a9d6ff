"""Options that have a new name and go on accepting the old one."""

from __future__ import annotations

from copy import copy

import click


class RenamedOption(click.Option):
    """An option with its name first and its old names after it; help and errors show the first."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the line of the help page, without the old names."""
        return super(RenamedOption, self._shown()).get_help_record(ctx)

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """Return the name that an error calls the option by."""
        return super(RenamedOption, self._shown()).get_error_hint(ctx)

    def _shown(self) -> RenamedOption:
        shown = copy(self)
        shown.opts = self.opts[:1]
        return shown
