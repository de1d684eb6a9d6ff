"""Access to the objects of the current application."""

from typing import cast

from flask import current_app, g

from app.access.viewer import STRANGER, Viewer
from app.access.visibility import Sight
from app.accounts.access import Access
from app.accounts.accounts import Accounts
from app.accounts.services import SignInServices
from app.accounts.sessions import Sessions
from app.contracts.import_jobs import JobStore
from app.diagnostics import Doctor
from app.directory.count_scheduler import CountScheduler
from app.directory.counting import Counting
from app.directory.leavers import Leavers
from app.directory.people_below import PeopleBelow
from app.directory.reporting_issues import ReportingIssues
from app.directory.reporting_lines import ReportingLines
from app.directory.service import Directory
from app.imports.importer import Importer
from app.imports.scheduler import ImportScheduler
from app.machine import Console
from app.settings import Settings


def current_access() -> Access:
    """Return the settings of access of the current application."""
    return cast(Access, current_app.extensions["access"])


def current_accounts() -> Accounts:
    """Return the accounts of the current application."""
    return current_sign_in().accounts


def current_sessions() -> Sessions:
    """Return the sessions of the current application."""
    return current_sign_in().sessions


def current_sign_in() -> SignInServices:
    """Return how people sign in to the current application, and claim it."""
    return cast(SignInServices, current_app.extensions["sign_in"])


def current_directory() -> Directory:
    """Return the directory of the current application."""
    return cast(Directory, current_app.extensions["directory"])


def current_lines() -> ReportingLines:
    """Return who reports to whom, as viewers see it."""
    return cast(ReportingLines, current_app.extensions["reporting_lines"])


def current_issues() -> ReportingIssues:
    """Return what is wrong with reporting lines."""
    return cast(ReportingIssues, current_app.extensions["reporting_issues"])


def current_below() -> PeopleBelow:
    """Return the reader of everyone below somebody."""
    return cast(PeopleBelow, current_app.extensions["people_below"])


def current_leavers() -> Leavers:
    """Return those who leave or have left the directory of the current application."""
    return cast(Leavers, current_app.extensions["leavers"])


def current_importer() -> Importer:
    """Return the importer of the current application."""
    return cast(Importer, current_app.extensions["importer"])


def current_jobs() -> JobStore:
    """Return the stored jobs of the current application."""
    return cast(JobStore, current_app.extensions["jobs"])


def current_scheduler() -> ImportScheduler:
    """Return the thread that starts the imports of the current application."""
    return cast(ImportScheduler, current_app.extensions["import_scheduler"])


def current_count_scheduler() -> CountScheduler:
    """Return the thread that begins the counting of reports."""
    return cast(CountScheduler, current_app.extensions["count_scheduler"])


def current_counting() -> Counting:
    """Return the counting of how many stand below each manager."""
    return cast(Counting, current_app.extensions["counting"])


def current_settings() -> Settings:
    """Return the settings of the current application."""
    return cast(Settings, current_app.extensions["settings"])


def current_console() -> Console:
    """Return the console of the current application."""
    return cast(Console, current_app.extensions["console"])


def current_doctor() -> Doctor:
    """Return the health checks of the current application."""
    return cast(Doctor, current_app.extensions["doctor"])


def current_viewer() -> Viewer:
    """Return who makes this request; see app/web/http/viewers.py."""
    return cast(Viewer, g.get("viewer", STRANGER))


def current_sight() -> Sight:
    """Return what the current viewer sees of employees."""
    return current_access().policy().visibility.sight_of(current_viewer())
