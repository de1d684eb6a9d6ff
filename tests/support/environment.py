"""The environment of every test: no real account, no settings of the person who runs it."""

import os
from collections.abc import Mapping, MutableMapping

OURS = (
    "ACCESS",
    "ALB_",
    "AWS_",
    "BOTO_",
    "CONTACT",
    "DATABASE_",
    "DIRECTORY_",
    "DYNAMO_",
    "EMPLOYEE",
    "EXPORTS",
    "FLASK_",
    "GUNICORN_",
    "OIDC_",
    "PUBLIC_ADDRESS",
    "EDITOR_GROUPS",
    "ADMIN_GROUPS",
    "INSTANCE_",
    "PHOTOS_",
    "S3_",
    "SECRET_KEY",
    "SETUP_CODE",
    "SIGN_IN_",
    "WEB_CONCURRENCY",
)
KEPT = ("DIRECTORY_TESTS_",)

DUMMY = {
    "ACCESS": "open",  # whoever tests who may do what says so
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "NO_PROXY": "127.0.0.1,localhost",
    "no_proxy": "127.0.0.1,localhost",
}


def isolate(environment: MutableMapping[str, str]) -> None:
    """Take out every setting that the directory or boto3 would read; put dummy credentials in."""
    for name in list(environment):
        if name.startswith(OURS) and not name.startswith(KEPT):
            del environment[name]
    environment.update(DUMMY)


def isolated(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment for another process: isolated, with these settings in it."""
    environment = dict(os.environ)
    isolate(environment)
    return environment | dict(settings or {})
