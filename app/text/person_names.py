"""Person names: which part of a full name a list sorts by, and which words are no name.

A full name is one text, so where its family name begins is a rule of thumb:

- Titles before it (Prof. Dr., Frau, Sir, Dott.ssa), letters after it (Jr., III, PhD), and what
  stands in brackets behind it are no name. M. before a name is Monsieur, unless an initial follows.
- The family name is the last word, with the particles before it (van der, de la, al, bin, O') and
  what a lower-case "y" or "e" joins (Ortega y Gasset). It sorts with its particles: under V, D, A.
- Text before a comma is the family name, unless only letters such as PhD follow.
- A name in Chinese, Japanese or Korean characters has the family name first, with a space or
  without one; one of which a middle dot parts the words (ジョン・スミス) has it last.
- Of three Russian words, of which the last is a patronymic (Иванов Иван Иванович), it is the first.
- Of a name in two scripts the words of the first one count.

What cannot be known from the text is typed as *Sort as*, which takes the place of the rule: two
surnames (García Márquez), names that begin with the family name in Latin letters (Nguyen Van An,
Nagy Anna) or have none (Jón Jónsson sorts under Jón in Iceland).
"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from app.text.folding import one_line
from app.text.search_keys import name_key
from app.text.tokens import is_unspaced


class SortBy(StrEnum):
    """The part of a name by which lists are in order."""

    GIVEN = "given"
    FAMILY = "family"

    @property
    def label(self) -> str:
        """Return its name on pages."""
        return f"{self.value} name"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split(" "))


# With a dot or without one.
_TITLES = (
    r"dr|dra|dr\.?in|dres|drs|doctor|docteur|doktor|(?:mu|ju|ph|mv|rn|th|pharm|paed|mdd)dr|"
    r"prof|profa|prof\.?ssa|prof\.?in|professor|professora|professeur|mr|mrs|ms|mx|miss|mister|"
    r"mme|mmes|mlle|monsieur|madame|madam|mademoiselle|herr|herrn|frau|hr|fräulein|"
    r"sr|sra|srta|señor|señora|señorita|doña|dña|senhor|senhora|"
    r"sig|sig\.?ra|sig\.?na|signor|signora|dott|dott\.?ssa|avv|"
    r"sir|dame|lord|lady|rev|reverend|rabbi|capt|captain|sgt|"
    r"mgr|mag\.?a|lic|licda|engr|adv|dhr|mevr|smt|shri|sheikh|sheikha|dato|datuk|datin|"
    r"д-р|проф|г-н|г-жа|δρ|פרופ|ד[\"״']ר"
)
# Only with a dot: without one it is a name, or an initial.
_DOTTED_TITLES = (
    r"fr|ing|dipl|mag|bc|doc|arch|geom|rag|cav|ir|mw|hon|col|gen|lt|maj|cpt|cmdr|eng|arq|"
    r"rt|univ|habil|hab|inż|lek|r\.?a|κ|κα|د|أ\.د"
)
_TITLE = re.compile(
    rf"(?:(?:{_TITLES})['’]?(?=\s)"
    r"|dipl\.\s?-?\s?[^\W\d_]+\.|dipl\.?-[^\W\d_]+"
    rf"|(?:{_TITLES}|{_DOTTED_TITLES})\."
    # Monsieur, unless another initial follows.
    r"|m\.(?=\s*[^\W\d_]{2}))[\s/–-]*",
    re.IGNORECASE,
)
# What goes on with a title: Dr. rer. nat., Dr. h. c. mult., Dipl.-Ing. (FH).
_AFTER_TITLE = re.compile(
    r"(?:(?:med|rer|nat|phil|jur|iur|oec|pol|theol|vet|dent|techn|agr|sc|mult|cult|mont|publ)\."
    r"|h\.?\s?c\.|e\.?\s?h\.|\((?:fh|tu|th|ba|dh|univ\.?|h\.\s?c\.)\)|and(?=\s)|und(?=\s)"
    r"|&)[\s/–-]*",
    re.IGNORECASE,
)
_SUFFIXES = _words(
    "jr jun sen ii iii 2nd 3rd 4th esq esquire phd dphil md mds dds dmd dvm jd llb llm mba msc "
    "bsc mphil meng beng mres cpa cfa pmp cissp rn pe frcs facs obe mbe cbe kbe qc kc mp ret "
    "dipling"
)
# Names too, unless they are in capitals and a given and a family name remain.
_CAPITAL_SUFFIXES = _words("ma ba bs ms do sr iv v vi vii viii edd np pa")
_PARTICLES = _words(
    "van den der de del dela della delle dello degli dei dal dalla di da das do dos du des la las "
    "le les lo los el al ibn ben bin bint binti abu von vom zu zum zur ter ten te 't 's af av st "
    "saint sainte san santa santo mac mc mag fitz ní nic uí mhic ó o' d' l' dell' dall'"
)
_LOWER_CASE_PARTICLES = _words("in op an aan auf aus uit und ap ab")
_JOINING = frozenset(("y", "e", "i"))
_BRACKETED = re.compile(r"\([^)]*\)?|\[[^]]*\]?|\"[^\"]*\"|[“„][^”“]*[”“]")
_BRACKETED_END = re.compile(r"\s+[(\[][^)\]]*[)\]]?$")
_COMMA = re.compile(r"\s*[,،，]\s*")
_WITH_PATRONYMIC, _PATRONYMIC = 3, re.compile("(?:вич|вна|чна)$", re.IGNORECASE)
_is_punctuated = re.compile(r"[,،，(\[]").search
_MIDDLE_DOT = re.compile(r"[·・･•]")
_APOSTROPHE = re.compile(r"[‘’ʼ`´]")


def sort_key(full_name: str, sort_as: str, sort_by: SortBy) -> str:
    """Return the key by which lists are in order; see ``search_keys.name_key``.

    ``sort_as`` comes first if there is one; the name then orders those who share it.
    """
    if sort_as and (typed := one_line(sort_as)):
        return name_key(f"{typed} {without_titles(full_name)}")
    if sort_by is SortBy.GIVEN:
        return name_key(without_titles(full_name))
    name, family = split_name(full_name)
    return name_key(f"{family} {name}")


def without_titles(full_name: str) -> str:
    """Return the name on one line without the titles before it; as it is if nothing remains."""
    name = one_line(full_name)
    if not _is_title(name.partition(" ")[0]):  # nearly every name
        return name
    rest = _after_titles(name)
    return rest if any(map(str.isalpha, rest)) else name


def _after_titles(name: str) -> str:
    position = 0
    while match := _TITLE.match(name, position) or (
        _AFTER_TITLE.match(name, position) if position else None
    ):
        position = match.end()
    return name[position:]


@lru_cache(maxsize=4096)
def _is_title(first_word: str) -> bool:
    return _TITLE.match(f"{first_word} xx") is not None


def bare_name(full_name: str) -> str:
    """Return the name without titles, without letters after it and what follows in brackets."""
    name = without_titles(full_name)
    if not _is_punctuated(name):  # as nearly all are
        return " ".join(_split_suffixes(name.split())[0]) or name
    head, *letters = _COMMA.split(_BRACKETED_END.sub("", name) or name)
    if letters and not all(map(_are_suffixes, letters)):
        return name
    words, _ = _split_suffixes(head.split())
    return " ".join(words) or name


def split_name(full_name: str) -> tuple[str, str]:
    """Return the given names, with letters after the name, and the family name.

    The family name is "" where the name is one word, or is to be sorted as it is written.
    """
    name = without_titles(full_name)
    without_brackets = one_line(_BRACKETED.sub(" ", name))
    head, *tails = _COMMA.split(without_brackets or name)
    suffixes: list[str] = []
    while tails and _are_suffixes(tails[-1]):
        suffixes.insert(0, tails.pop())
    if tails:
        return " ".join((*map(without_titles, tails), *suffixes)), head
    if _is_cjk(head):
        return _split_cjk(head)
    words, more = _split_suffixes(_words_of_first_script(head))
    if len(words) == _WITH_PATRONYMIC and _PATRONYMIC.search(words[-1]):
        words = [*words[1:], words[0]]
    start = _family_start(words)
    given = " ".join((*words[:start], *more, *suffixes))
    return given, " ".join(words[start:])


def _split_cjk(name: str) -> tuple[str, str]:
    *given, family = _MIDDLE_DOT.split(name)
    return (" ".join(given), family) if given else (name.replace(" ", ""), "")


def _is_cjk(name: str) -> bool:
    return not name.isascii() and is_unspaced(next(filter(str.isalpha, name), ""))


def _words_of_first_script(name: str) -> list[str]:
    words = name.split()
    if name.isascii():
        return words
    scripts = [_script_of(word) for word in words]
    first = next(filter(None, scripts), "")
    return [word for word, script in zip(words, scripts, strict=True) if script in (first, "")]


def _script_of(word: str) -> str:
    letter = next(filter(str.isalpha, word), "")
    return unicodedata.name(letter, "").partition(" ")[0] if letter else ""


def _family_start(words: list[str]) -> int:
    """Return the position of the first word of the family name."""
    start = len(words) - 1
    while start > 1:
        if _is_particle(words[start - 1]):
            start -= 1
        elif words[start - 1] in _JOINING and start > 2:
            start -= 2
        else:
            break
    is_whole = start == 1 and words[0].islower() and _is_particle(words[0])
    return 0 if is_whole else max(start, 0)


def _is_particle(word: str) -> bool:
    if word in _LOWER_CASE_PARTICLES:
        return True
    return _APOSTROPHE.sub("'", word.casefold()).rstrip(".") in _PARTICLES


def _split_suffixes(words: list[str]) -> tuple[list[str], list[str]]:
    """Return the words of a name, and the letters after it."""
    end = len(words)
    while end > 1 and not any(map(str.isalnum, words[end - 1])):
        end -= 1  # a dash
    while end > 1:
        word = words[end - 1]
        is_likely = end > 2 and _is_capital_suffix(word) and not " ".join(words).isupper()
        if not (is_likely or _is_certain_suffix(word)):
            break
        end -= 1
    return words[:end], words[end:]


@lru_cache(maxsize=4096)
def _is_certain_suffix(word: str) -> bool:
    return word.replace(".", "").casefold() in _SUFFIXES or _is_dotted_title(word)


@lru_cache(maxsize=4096)
def _is_capital_suffix(word: str) -> bool:
    plain = word.replace(".", "")
    is_marked = plain.isupper() or word.endswith(".")
    return is_marked and plain.casefold() in _CAPITAL_SUFFIXES


def _is_dotted_title(word: str) -> bool:
    return word.endswith(".") and _TITLE.fullmatch(word) is not None


def _are_suffixes(text: str) -> bool:
    if not any(map(str.isalpha, _after_titles(f"{text} "))):
        return True
    words = [word.replace(".", "").replace("-", "").casefold() for word in text.split()]
    return all(word in _SUFFIXES or word in _CAPITAL_SUFFIXES for word in words)
