"""Recognize passwords that are guessed first: common words, runs of the keyboard, repetitions.

The thousand commonest passwords are some two hundred words, names and runs with digits and signs
around them. This knows the words and how people vary them, so that it refuses more than a list of a
thousand would, and is shorter.
"""

import re

# Words of the lists of leaked passwords that are published each year, and of this program.
_WORD_LIST = """
a abc access account admin administrator amanda andrea andrew angel anthony apple asdf ashley austin
autumn azerty babygirl bailey banana barney baseball basketball batman biteme blahblah blink buster
butterfly camaro canada changeit changeme charlie cheese chelsea chicken chocolate choose chris
christmas classic code company computer cookie corporate corvette dallas daniel dave default demo
dev develop development diamond directory dolphin donald dragon eagle elephant employee
employeedirectory employees enter example family ferrari fill flower football freedom friend friends
fuck fuckme fuckyou garfield george ginger golfer google guest hannah harley hello helloworld here
hockey home hunter iceman iloveyou insert internet is jackson jasmine jennifer jessica jesus jordan
joseph joshua justin killer kitty letmein link liverpool login london looking love lovely maggie
manager manchester marina master matrix matthew maverick me mercedes merlin michael michelle mickey
midnight mike minecraft monday money monkey monster mother mustang my naruto new nicole ninja not
nothing office orange parola pass passe passw password passwort pepper phoenix placeholder please
pokemon princess private purple put qazwsx qwer qwert qwerty qwertz raiders rainbow ranger replace
robert root samantha samsung scooter secret secure security server service setup shadow silver
slipknot snoopy soccer softball some sophie spring standard starwars summer sunday sunshine superman
superuser support sysadmin system taylor temp temporary test testing the this thomas thunder thx
tiger tigger trustme trustno trustnoone tweety type user username value victoria welcome whatever
william winter wizard work world yankees yellow you your zaq zaqxsw zxc zxcv zxcvbn zxcvbnm
"""
_WORDS = frozenset(_WORD_LIST.split())
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz" * 2,
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1234567890qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "!@#$%^&*()_+",
    "zaq12wsxcde34rfvbgt56yhn",
)
_LEET = str.maketrans("@4301!$57", "aaeoiisst")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_MIN_DISTINCT = 5
_MIN_RUN = 4


def is_common(password: str) -> bool:
    """Return whether a password is among the first that somebody would try."""
    text = password.casefold()
    if len(set(text)) < _MIN_DISTINCT or _is_repetition(text):
        return True
    # "abcd-efgh-ijkl" is a run that is easier to read.
    if _is_of_runs(text) or _is_of_runs(re.sub(r"[\W_]+", "", text) or text):
        return True
    # "P@ssw0rd2026!" is "password"; digits at the end are not letters, so both are tried.
    bare = _AROUND.sub("", text)
    return any(
        _is_of_words(re.sub(r"[\W\d_]+", "", each))
        for each in (text, bare, bare.translate(_LEET), _AROUND.sub("", text.translate(_LEET)))
    )


def _is_repetition(text: str) -> bool:
    """Return whether a text is one short piece again and again: "abc1abc1abc1"."""
    return any(
        (text[:size] * (len(text) // size + 1))[: len(text)] == text
        for size in range(1, min(6, len(text) // 2) + 1)
    )


def _is_of_runs(text: str) -> bool:
    """Return whether a text is nothing but runs of neighbouring keys or letters, in any order."""
    rest = text
    while rest:
        length = max(_run_length(rest, run) for each in _RUNS for run in (each, each[::-1]))
        if length < min(_MIN_RUN, len(rest)):
            return False
        rest = rest[length:]
    return True


def _run_length(text: str, run: str) -> int:
    length = 0
    while length < len(text) and text[: length + 1] in run:
        length += 1
    return length


def _is_of_words(letters: str) -> bool:
    """Return whether a text is one or more common words without a gap."""
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(letters[begin:end] in _WORDS for begin in reached):
            reached.add(end)
    return len(letters) in reached
