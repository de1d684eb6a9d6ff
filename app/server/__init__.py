"""The gunicorn worker: it takes a thread for a request only when the whole request has arrived."""
