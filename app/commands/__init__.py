"""The ``flask`` commands, one module per topic."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the commands to ``flask``."""
    # Imported here, so that importing the package does nothing.
    from app.commands import (
        backup,
        count_reports,
        doctor,
        edits,
        erase,
        export,
        history,
        import_photos,
        imports,
        index,
        reporting_lines,
        samples,
        setup,
        setup_link,
        sweep,
        try_pages,
        users,
    )

    for command in (
        *(setup.setup, setup_link.setup_link),
        users.user,
        *(index.reindex, index.follow),
        samples.sample_data,
        *(count_reports.count_reports, reporting_lines.check_reporting_lines),
        sweep.sweep_photos,
        erase.erase,
        history.thin_history,
        export.export,
        edits.edit_people,
        imports.import_people,
        import_photos.import_photos,
        *(backup.backup, backup.restore),
        *(doctor.doctor, try_pages.try_pages),
    ):
        app.cli.add_command(command)
