"""Passwords that are tried first are known, in the ways in which people vary them."""

from __future__ import annotations

import pytest

from app.text.common_passwords import is_common


@pytest.mark.parametrize(
    "password",
    ["password1234", "P@ssw0rd2026!", "123456789012", "987654321098", "qwertyuiop12",
     "1q2w3e4r5t6y", "1qaz2wsx3edc", "iloveyou1234", "adminadmin123", "letmeinplease",
     "Welcome12345!", "Summer2026!!",
     "passwordpassword", "trustno1trustno1", "zaq12wsxcde3", "abcabcabcabc", "aaaaaaaaaaaa",
     "changeme-changeme", "employee-directory", "000000000000"],
)  # fmt: skip
def test_a_common_password_is_known(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "tr0ub4dor&3xyz", "kX9#mmP2qqLz", "ana likes tea at 5",
     "blue-otter-73-lamp", "my secret password is good", "наша общая тайна",
     "パスワードではない秘密"],
)  # fmt: skip
def test_a_password_that_takes_longer_to_guess_is_not(password: str) -> None:
    assert not is_common(password)
