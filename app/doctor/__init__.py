"""The doctor: looks at settings, stores and machine, and says what mends what is broken."""

from app.doctor.examination import REMEMBERED_SECONDS, Doctor, Report, examine

__all__ = ["REMEMBERED_SECONDS", "Doctor", "Report", "examine"]
