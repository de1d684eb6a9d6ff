FLASK_APP=application.py
