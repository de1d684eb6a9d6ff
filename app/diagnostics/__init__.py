"""The health checks of settings, stores and machine, with commands that fix failures."""

from app.diagnostics.runner import CACHE_SECONDS, Doctor, Report, run_checks

__all__ = ["CACHE_SECONDS", "Doctor", "Report", "run_checks"]
