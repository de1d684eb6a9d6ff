"""The doctor: looks at settings, stores and machine, and says what mends what is broken."""

from app.diagnostics.runner import REMEMBERED_SECONDS, Doctor, Report, examine

__all__ = ["REMEMBERED_SECONDS", "Doctor", "Report", "examine"]
