"""Settings are read once; what nobody can understand is told in a sentence, and not used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.access.viewer import Role
from app.settings import Settings
from app.settings.pasted import has_placeholder
from app.text.person_names import SortBy
from tests.support.small_app import small_app


def problem_of(settings: Settings) -> str:
    """The sentence about the one setting that cannot be used."""
    (problem,) = settings.wrong_values
    return problem


@pytest.mark.parametrize("value", ["on", "ON", "On", "1", "true", "True", "yes", " yes "])
def test_dynamo_mode_is_on_in_every_spelling(value: str) -> None:
    assert Settings.from_env({"DYNAMO_MODE": value}).dynamo_mode


@pytest.mark.parametrize("value", ["", " ", "off", "OFF", "0", "false", "No"])
def test_dynamo_mode_is_off_in_every_spelling(value: str) -> None:
    assert not Settings.from_env({"DYNAMO_MODE": value}).dynamo_mode
    assert not Settings.from_env({}).dynamo_mode


@pytest.mark.parametrize("value", ["yess", "2", "enabled", "o n"])
def test_a_dynamo_mode_that_is_neither_is_told_in_a_sentence(value: str) -> None:
    problem = problem_of(Settings.from_env({"DYNAMO_MODE": value}))
    assert re.search(r"DYNAMO_MODE is .* Use on, 1, true or yes", problem)
    assert repr(value) in problem


def test_with_nothing_configured_everything_lies_in_the_instance_folder() -> None:
    settings = Settings.from_env({"INSTANCE_FOLDER": "/somewhere"})
    assert settings.database_url == "sqlite:////somewhere/directory.db"
    assert settings.photos_folder == Path("/somewhere/photos")
    assert settings.problems == ()


def test_with_a_bucket_photos_go_nowhere_else() -> None:
    settings = Settings.from_env({"PHOTOS_BUCKET": "faces", "PHOTOS_FOLDER": "/elsewhere"})
    assert (settings.photos_bucket, settings.photos_folder) == ("faces", None)


def test_dynamodb_without_a_bucket_says_that_photos_are_off() -> None:
    settings = Settings.from_env({"DYNAMO_MODE": "on", "AWS_DEFAULT_REGION": "us-west-2"})
    assert settings.photos_folder is None
    assert any("PHOTOS_BUCKET" in problem for problem in settings.problems)


def test_dynamodb_without_a_region_says_which_setting_mends_it() -> None:
    settings = Settings.from_env({"DYNAMO_MODE": "on"})
    assert any("AWS_DEFAULT_REGION" in problem for problem in settings.problems)


@pytest.mark.parametrize("left_in", ["<INSERT BUCKET HERE>", "${SUB_PHOTOS_BUCKET}"])
def test_a_placeholder_left_in_is_named_and_not_used(left_in: str) -> None:
    settings = Settings.from_env({"PHOTOS_BUCKET": left_in})
    assert settings.photos_bucket == ""
    assert any("PHOTOS_BUCKET" in problem and left_in in problem for problem in settings.problems)


@pytest.mark.parametrize("name", ["TABLE_NAME", "DATABASE_HOST", "AWS_REGION"])
def test_a_placeholder_is_told_once_however_often_the_setting_is_read(name: str) -> None:
    problems = Settings.from_env({"TABLE_NAME": "Staff", name: "<VALUE>"}).problems
    assert sum(name in problem for problem in problems) == 1


@pytest.mark.parametrize(
    ("value", "order"),
    [("", "given"), ("given", "given"), ("family", "family"), (" Family ", "family")],
)
def test_lists_are_sorted_by_given_or_by_family_name(value: str, order: str) -> None:
    assert Settings.from_env({"SORT_BY": value}).sort_by is SortBy(order)


@pytest.mark.parametrize("value", ["surname", "last", "given,family", "1"])
def test_an_order_that_is_none_is_told_in_a_sentence(value: str) -> None:
    problem = problem_of(Settings.from_env({"SORT_BY": value}))
    assert re.search(r"SORT_BY is .* Use given or family\.", problem)
    assert repr(value) in problem


@pytest.mark.parametrize(("value", "region"), [("IL", "IL"), (" de ", "DE"), ("", "")])
def test_a_phone_region_is_a_country(value: str, region: str) -> None:
    assert Settings.from_env({"PHONE_REGION": value}).phone_region == region


@pytest.mark.parametrize("value", ["UK", "ISR", "972", "+972", "Israel", "🇮🇱"])
def test_a_phone_region_that_is_none_is_told_in_a_sentence(value: str) -> None:
    problem = problem_of(Settings.from_env({"PHONE_REGION": value}))
    assert re.search(r"PHONE_REGION is .* such as US, DE or IL", problem)
    assert repr(value) in problem


@pytest.mark.parametrize("bucket", ["My Bucket!", "a/b", "ab", "10.0.0.1", "https://example.com/a"])
def test_a_bucket_that_cannot_be_one_is_told_in_a_sentence(tmp_path: Path, bucket: str) -> None:
    app = small_app(tmp_path, PHOTOS_BUCKET=bucket, AWS_DEFAULT_REGION="us-west-2")
    problem = problem_of(app.extensions["settings"])
    assert re.search(r"PHOTOS_BUCKET is .* Until then photos are off\.", problem)
    assert repr(bucket) in problem
    assert app.extensions["directory"].photos_off_because == problem


@pytest.mark.parametrize(
    "value",
    ["s3://my-bucket", "s3://my-bucket/photos/", "my-bucket/", "arn:aws:s3:::my-bucket",
     "arn:aws-cn:s3:::my-bucket/*", "https://my-bucket.s3.amazonaws.com",
     "my-bucket.s3.us-west-2.amazonaws.com", "https://my-bucket.s3-us-west-2.amazonaws.com/a.jpg",
     "http://my-bucket.s3-website-us-west-2.amazonaws.com",
     "https://my-bucket.s3.dualstack.us-west-2.amazonaws.com/",
     "https://my-bucket.s3.cn-north-1.amazonaws.com.cn", "https://s3.amazonaws.com/my-bucket",
     "https://s3.us-west-2.amazonaws.com/my-bucket/employee_pic/",
     "https://s3.console.aws.amazon.com/s3/buckets/my-bucket?region=us-west-2&tab=objects",
     "https://us-west-2.console.aws.amazon.com/s3/home?region=us-west-2&bucket=my-bucket"],
)  # fmt: skip
def test_a_bucket_is_found_in_its_address_and_that_is_noted(value: str) -> None:
    settings = Settings.from_env({"PHOTOS_BUCKET": value, "AWS_REGION": "us-west-2"})
    assert settings.photos_bucket == "my-bucket"
    assert settings.notes == ("PHOTOS_BUCKET is read as my-bucket.",)
    assert settings.problems == ()


@pytest.mark.parametrize(
    ("value", "region"),
    [
        ("us_west_2", "us-west-2"),
        ("US-WEST-2", "us-west-2"),
        ("us west 2", "us-west-2"),
        ("us-west-2a", "us-west-2"),
        ("us-west-2-lax-1a", "us-west-2"),
        ("US West (Oregon)", "us-west-2"),
        ("US West (Oregon) us-west-2", "us-west-2"),
        ("US East (N. Virginia)", "us-east-1"),
        ("Oregon", "us-west-2"),
        ("EU (Frankfurt)", "eu-central-1"),
        ("AWS GovCloud (US-West)", "us-gov-west-1"),
    ],
)
def test_a_region_is_found_in_the_words_of_the_console_and_that_is_noted(
    value: str, region: str
) -> None:
    settings = Settings.from_env({"AWS_DEFAULT_REGION": value})
    assert (settings.region, settings.problems) == (region, ())
    assert settings.notes == (f"AWS_DEFAULT_REGION is read as {region}.",)


def test_a_region_that_is_none_names_no_bucket_and_no_table() -> None:
    env = {"AWS_DEFAULT_REGION": "us west", "PHOTOS_BUCKET": "faces"}
    settings = Settings.from_env(env)
    assert settings.photos_bucket == ""
    assert settings.photos_problem == problem_of(settings)
    assert Settings.from_env({**env, "DYNAMO_MODE": "on"}).database_problem


@pytest.mark.parametrize(
    "pasted",
    ['"{}"', "'{}'", "“{}”", "‘{}’", "`{}`", " {}\r", "\u00a0{}\u00a0", "\ufeff{}",
     "{}  # a comment", '"{}"  # a comment', "\u200b{}", "{}\t"],
)  # fmt: skip
def test_what_is_pasted_around_a_value_is_not_a_part_of_it(pasted: str) -> None:
    for name, value in {"PHOTOS_BUCKET": "faces", "AWS_REGION": "us-west-2"}.items():
        env = {"PHOTOS_BUCKET": "faces", "AWS_REGION": "us-west-2", name: pasted.format(value)}
        settings = Settings.from_env(env)
        assert (settings.photos_bucket, settings.region) == ("faces", "us-west-2")
        assert settings.problems == settings.notes == ()


ODD = "$HOME ${x} <b> 'a' \"q\" #1 \\ `c` %s your INSERT é"


def test_a_password_is_taken_as_it_is() -> None:
    env = {"DATABASE_HOST": "db", "DATABASE_USER": "ada", "DATABASE_DB_NAME": "staff"}
    for password in (ODD, f" {ODD} ", '"quoted"', "INSERT NAME HERE", "$PASSWORD"):
        settings = Settings.from_env({**env, "DATABASE_PASSWORD": password})
        assert settings.problems == ()
        assert make_url(settings.database_url).password == password


def test_a_secret_is_taken_as_it_is() -> None:
    oidc = {"OIDC_ISSUER": "https://idp.example", "OIDC_CLIENT_ID": "directory"}
    env = {**oidc, "PUBLIC_ADDRESS": "https://people.example.com"}
    settings = Settings.from_env({**env, "SECRET_KEY": ODD, "OIDC_CLIENT_SECRET": ODD})
    assert settings.problems == ()
    assert settings.secret_keys == (ODD,)
    assert settings.sign_in.oidc
    assert settings.sign_in.oidc.client_secret == ODD
    assert ODD not in repr(settings)


@pytest.mark.parametrize("company", ["IBM UK", "Your Company", "Ann & Co # 1", "EXAMPLE GMBH"])
def test_the_name_of_a_company_is_no_placeholder(company: str) -> None:
    settings = Settings.from_env({"COMPANY_NAME": company})
    assert (settings.company_name, settings.problems) == (company, ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DYNAMO_TABLE", "PROD_EMPLOYEES"),
        ("DYNAMO_TABLE", "your-company-people"),
        ("PHOTOS_BUCKET", "your-photos"),
        ("DATABASE_DB_NAME", "HR_PEOPLE"),
        ("PUBLIC_ADDRESS", "https://people.your.com"),
        ("OIDC_CLIENT_ID", "HR_APP_PROD"),
    ],
)
def test_a_name_that_may_be_a_true_one_is_no_placeholder(name: str, value: str) -> None:
    assert not has_placeholder(value)
    problems = " ".join(Settings.from_env({name: value}).problems)
    assert "placeholder" not in problems


@pytest.mark.parametrize("value", ["YOUR_BUCKET_NAME", "BUCKET NAME", "x-<y>", "${X}", "changeme"])
def test_what_no_name_can_be_is_a_placeholder(value: str) -> None:
    assert has_placeholder(value)


def test_the_course_names_make_a_mysql_address_with_its_parts_quoted() -> None:
    settings = Settings.from_env(
        {
            "DATABASE_HOST": "db.internal",
            "DATABASE_USER": "o'hara",
            "DATABASE_PASSWORD": "p@ss/word",
            "DATABASE_DB_NAME": "employees",
        }
    )
    assert settings.database_url == "mysql+pymysql://o%27hara:p%40ss%2Fword@db.internal/employees"


@pytest.mark.parametrize("missing", ["DATABASE_USER", "DATABASE_DB_NAME"])
def test_of_the_course_names_the_one_that_is_missing_is_named(missing: str) -> None:
    env = {"DATABASE_HOST": "db", "DATABASE_USER": "ada", "DATABASE_DB_NAME": "staff"}
    del env[missing]
    assert re.search(f"{missing} is not set", problem_of(Settings.from_env(env)))
    dynamo = {"DYNAMO_MODE": "on", "AWS_DEFAULT_REGION": "us-west-2"}
    assert Settings.from_env({**env, **dynamo}).dynamo_mode, "nobody asks that database"


def test_a_host_may_be_an_address_of_ipv6() -> None:
    env = {"DATABASE_HOST": "fd00::7", "DATABASE_USER": "ada", "DATABASE_DB_NAME": "staff"}
    assert Settings.from_env(env).database_url == "mysql+pymysql://ada:@[fd00::7]/staff"


@pytest.mark.parametrize("secret", ["short", "changeme", "your-secret-key-here", "a" * 40])
def test_a_secret_that_can_be_guessed_is_refused_without_being_printed(secret: str) -> None:
    problem = problem_of(Settings.from_env({"SECRET_KEY": secret}))
    assert re.search("SECRET_KEY", problem)
    assert secret not in problem


def test_several_secrets_are_kept_in_their_order_for_rotation() -> None:
    new, old = "n3w-0123456789abcdef", "0ld-0123456789abcdef"
    assert Settings.from_env({"SECRET_KEY": f"{new}, {old}"}).secret_keys == (new, old)


@pytest.mark.parametrize("value", ["ten", "0", "101", "-1", "1.5", "9" * 30])
def test_a_photo_limit_that_is_no_sensible_number_names_the_bounds(value: str) -> None:
    assert re.search(
        r"PHOTO_MAX_MB .* from 1 to 100", problem_of(Settings.from_env({"PHOTO_MAX_MB": value}))
    )


@pytest.mark.parametrize("value", ["forever", "-1", "1.5", "3y", "36501", "9" * 30])
def test_days_of_history_that_are_no_number_of_days_name_the_bounds(value: str) -> None:
    assert re.search(
        r"HISTORY_DAYS .* from 0 to 36500", problem_of(Settings.from_env({"HISTORY_DAYS": value}))
    )


def test_history_is_kept_for_three_years_or_as_long_as_it_is_set() -> None:
    assert Settings.from_env({}).history_days == 1_095
    assert Settings.from_env({"HISTORY_DAYS": "0"}).history_days == 0


def test_the_settings_of_the_application_in_node_are_understood() -> None:
    node = {"TABLE_NAME": "Staff", "DEFAULT_AWS_REGION": "eu-west-1", "PHOTOS_BUCKET": "faces"}
    settings = Settings.from_env(node)
    assert settings.dynamo_mode
    assert (settings.dynamo_table, settings.region) == ("Staff", "eu-west-1")
    assert settings.problems == ()
    assert settings.notes == (
        "TABLE_NAME is set, so records are in DynamoDB.",
        "DEFAULT_AWS_REGION is used for AWS_DEFAULT_REGION: eu-west-1.",
        "TABLE_NAME is used for DYNAMO_TABLE: Staff.",
    )


def test_our_settings_take_precedence_over_those_of_the_application_in_node() -> None:
    node = {"TABLE_NAME": "Staff", "DEFAULT_AWS_REGION": "eu-west-1"}
    ours = {"DYNAMO_MODE": "on", "DYNAMO_TABLE": "People", "AWS_REGION": "us-west-2"}
    settings = Settings.from_env({**node, **ours})
    assert (settings.dynamo_table, settings.region) == ("People", "us-west-2")
    assert settings.notes == (
        "DEFAULT_AWS_REGION is not used, because AWS_REGION is set.",
        "TABLE_NAME is not used, because DYNAMO_TABLE is set.",
    )


@pytest.mark.parametrize("ours", [{"DYNAMO_MODE": "off"}, {"DATABASE_URL": "sqlite:///x.db"}])
def test_a_table_name_moves_no_records_that_are_elsewhere(ours: dict[str, str]) -> None:
    settings = Settings.from_env({"TABLE_NAME": "Staff", **ours})
    assert not settings.dynamo_mode
    assert settings.notes == ("TABLE_NAME is not used, because records are in SQL.",)


def test_without_a_setting_of_theirs_nothing_is_noted() -> None:
    assert Settings.from_env({"DYNAMO_MODE": "on", "AWS_DEFAULT_REGION": "us-west-2"}).notes == ()


ARN = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/d/0123456789abcdef"
AT_THE_PROVIDER = {"OIDC_ISSUER": "https://idp.example", "OIDC_CLIENT_ID": "directory"}


def test_the_region_of_a_load_balancer_is_that_of_its_arn() -> None:
    settings = Settings.from_env({"ALB_SIGN_IN": ARN} | AT_THE_PROVIDER)
    assert settings.load_balancer == (ARN, "eu-central-1")
    assert settings.has_sign_in
    assert settings.problems == ()
    assert Settings.from_env({}).load_balancer is None


@pytest.mark.parametrize("name", AT_THE_PROVIDER)
def test_a_load_balancer_of_no_provider_is_told(name: str) -> None:
    others = {key: value for key, value in AT_THE_PROVIDER.items() if key != name}
    assert re.search(
        "OIDC_ISSUER or OIDC_CLIENT_ID is not",
        problem_of(Settings.from_env({"ALB_SIGN_IN": ARN} | others)),
    )


@pytest.mark.parametrize(
    "value",
    ["on", "d-123.eu-central-1.elb.amazonaws.com", ARN.replace("/app/", "/net/"), f"{ARN}/1",
     ARN.replace("eu-central-1", "evil.example/?"), ARN.replace("elasticloadbalancing", "s3")],
)  # fmt: skip
def test_what_is_no_load_balancer_that_signs_in_is_told(value: str) -> None:
    assert re.search(
        r"ALB_SIGN_IN is .* Use one such as arn:aws:",
        problem_of(Settings.from_env({"ALB_SIGN_IN": value})),
    )


@pytest.mark.parametrize("name", ["ALB_SIGN_IN", "SIGN_IN_HEADER", "SIGN_IN_HEADER_FROM"])
def test_a_placeholder_where_people_sign_in_is_told(name: str) -> None:
    assert re.search(
        f"{name} still has the placeholder <FILL IN>",
        problem_of(Settings.from_env({name: "<FILL IN>"})),
    )


def proxy(networks: str, name: str = "X-Remote-User") -> Settings:
    return Settings.from_env({"SIGN_IN_HEADER": name, "SIGN_IN_HEADER_FROM": networks})


@pytest.mark.parametrize(
    ("networks", "peer", "is_believed"),
    [
        ("10.0.0.5", "10.0.0.5", True),
        ("10.0.0.5", "10.0.0.6", False),
        ("10.0.0.5", "::ffff:10.0.0.5", True),
        ("10.0.0.5, 10.0.1.0/24", "10.0.1.255", True),
        ("10.0.0.5 10.0.1.0/24", "10.0.2.0", False),
        ("fd00::/8", "fd12::1", True),
        ("fd00::/8", "10.0.0.1", False),
        ("unix", "", True),
        ("unix", "127.0.0.1", False),
        ("127.0.0.1", "", False),
        ("127.0.0.1", "unknown", False),
        ("unix, 127.0.0.1", "127.0.0.1", True),
    ],
)
def test_a_header_is_believed_of_named_proxies_only(
    networks: str, peer: str, is_believed: bool
) -> None:
    header = proxy(networks).proxy_header
    assert header is not None
    assert header.name == "X-Remote-User"
    assert proxy(networks).has_sign_in
    assert header.is_believed_of(peer) is is_believed


@pytest.mark.parametrize(
    ("networks", "name", "sentence"),
    [
        ("", "X-Remote-User", "SIGN_IN_HEADER_FROM is not set, so anybody could"),
        ("10.0.0.5", "", "SIGN_IN_HEADER is not set"),
        ("proxy.internal", "X-Remote-User", "which is no address"),
        ("10.0.0.5/8", "X-Remote-User", "has host bits set"),
        ("0.0.0.0/0", "X-Remote-User", "which is everybody"),
        ("10.0.0.1 ::/0", "X-Remote-User", "which is everybody"),
        ("10.0.0.1 " * 51, "X-Remote-User", "has more than 50 addresses"),
        ("10.0.0.5", "Authorization", "which cannot be used"),
        ("10.0.0.5", "x-forwarded-for", "which cannot be used"),
        ("10.0.0.5", "x-amzn-oidc-identity", "which cannot be used"),
        ("10.0.0.5", "X_Remote_User", "which cannot be used"),
        ("10.0.0.5", "X-User: ana", "which cannot be used"),
    ],
)
def test_a_header_that_could_be_anybodys_is_told(networks: str, name: str, sentence: str) -> None:
    assert re.search(sentence, problem_of(proxy(networks, name)))


@pytest.mark.parametrize(
    "code",
    ["short-code1", "password1234", "123456789012", "aaaaaaaaaaaaaaa", "Welcome-2026-",
     "has spaces in it", "your-code-here", "my-setup-code", "ABCD-EFGH-IJKL", "1234-5678-9012"],
)  # fmt: skip
def test_a_setup_code_that_can_be_guessed_is_told_without_being_printed(code: str) -> None:
    problem = problem_of(Settings.from_env({"SETUP_CODE": code}))
    assert re.search(r"SETUP_CODE .* nobody can guess", problem)
    assert code not in problem


def test_the_settings_of_a_sign_in_have_defaults_and_bounds() -> None:
    plain = Settings.from_env({}).sign_in
    assert (plain.setup_code, plain.hours, plain.contact) == ("", 12, "")
    assert plain.min_export_role is Role.COLLEAGUE
    env = {"SETUP_CODE": "blue-otter-73-lamp", "SIGN_IN_HOURS": "8", "CONTACT": "hr@example.com"}
    chosen = Settings.from_env({**env, "EXPORTS": "Editors"}).sign_in
    assert (chosen.setup_code, chosen.hours) == (env["SETUP_CODE"], 8)
    assert env["SETUP_CODE"] not in repr(chosen)
    assert chosen.contact == "hr@example.com"
    assert chosen.min_export_role is Role.EDITOR


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SIGN_IN_HOURS", "0", "from 1 to 720"),
        ("SIGN_IN_HOURS", "721", "from 1 to 720"),
        ("CONTACT", "people team", "not an email address"),
        ("CONTACT", "a@b?subject=x, c@d", "not an email address"),
        ("EXPORTS", "everybody", "Use colleagues or editors"),
    ],
)
def test_a_setting_of_a_sign_in_that_cannot_be_used_is_told(
    name: str, value: str, sentence: str
) -> None:
    assert re.search(sentence, problem_of(Settings.from_env({name: value})))


@pytest.mark.parametrize(
    "value",
    [
        "https://example.slack.com/team/",
        "example.slack.com/{name}",
        "https://{name}.example.com/",
        "javascript:alert('{name}')",
        "https:///{name}",
        "https://[/{name}",
        "https://example.com/a b/{name}",
    ],
)
def test_an_address_of_chats_that_makes_no_link_is_told(value: str) -> None:
    assert re.search("CHAT_LINK is ", problem_of(Settings.from_env({"CHAT_LINK": value})))
