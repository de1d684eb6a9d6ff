"""People and queries that meet often: few names, few places, many spellings."""

from hypothesis import strategies as st

from app.access.visibility import RESTRICTABLE, SEES_ALL, Sight
from app.contracts import Query
from app.model.employee import BADGE_KEYS, Employee
from app.model.fields import HIDEABLE
from tests.support.days import COMING_DAY, PAST_DAY

IDS = ("1", "2", "10", "a/b", "é", "雨" * 30, "x" * 70, "~odd ")
NAMES = ("Ada Lovelace", "ada lovelace", "Ádám Ödön", "Bo O'Brien", "Jean-Luc Picard", "王小明",
         "Łukasz Lis", "42", "Zoe", "Sam Smith-Samson", "محمد علي", "Ada 😀")  # fmt: skip
PLACES = ("", "Lisbon", "LISBON", "Lisbôn", "São Paulo", "sao  paulo", "東京", "x" * 200)
TITLES = ("", "Engineer", "engineer", "Senior Engineer", "Sales")
WORDS = ("a", "ad", "ada", "lis", "lisbon", "eng", "senior eng", "o'b", "obrien", "luc jean", "s",
         "sa sm", "明", "小", "محمد", "42", "...", "ada lis eng", "zz", "😀", "0141",
         "206 555 0141", "ada 0141", "+1 206 555 0141", "x12", "4242", "line", "lin", "use",
         "user one", "the", "mac lis", "who is ada", "5550141 eng")  # fmt: skip
BADGES = ("apple", "linux", "umbrella", "rocket")
DATES = ("", "2024-02-29", "2024-02-01", "2023-12-31")
PHONES = ("", "+1 206 555 0141", "206 555 0141", "+44 20 7946 0141 x12", "0141 / 4242", "4242")
ABOUTS = ("", "One line.\nAnother.", "Lis lines 4242 liner", "User of 0141 things, Ada")
MAILS = ("", "lis.ada@example.com", "Lis.Ada@Example.COM", "bo@example.com", "é@example.com")

# Of most people none, of who has left, and of who leaves.
LAST_DAYS = ("", "", "", PAST_DAY, COMING_DAY)

people = st.builds(
    Employee,
    id=st.sampled_from(IDS),
    full_name=st.sampled_from(NAMES),
    preferred_name=st.sampled_from(("", "Ada", "Lis")),
    sort_as=st.sampled_from(("", "", "Lis", "王", "42")),
    job_title=st.sampled_from(TITLES),
    department=st.sampled_from(TITLES),
    location=st.sampled_from(PLACES),
    email=st.sampled_from(MAILS),
    start_date=st.sampled_from(DATES),
    phone=st.sampled_from(PHONES),
    mobile=st.sampled_from(PHONES),
    employee_number=st.sampled_from(("", "4242", "E-0141")),
    about=st.sampled_from(ABOUTS),
    badges=st.lists(st.sampled_from(BADGES), max_size=3, unique=True).map(tuple),
    left_on=st.sampled_from(LAST_DAYS),
    hidden=st.just(()) | st.lists(st.sampled_from(HIDEABLE), max_size=3, unique=True).map(tuple),
)


def _several(values: tuple[str, ...]) -> st.SearchStrategy[str | tuple[str, ...]]:
    """Nothing, one value of a filter, or several."""
    chosen = st.lists(st.sampled_from(values), min_size=2, max_size=4, unique=True).map(tuple)
    return st.just("") | st.sampled_from(values) | chosen


# What visitors, colleagues or editors see, whatever an administrator has chosen.
sights = (
    st.just(SEES_ALL)
    | st.just(Sight(sees_hidden=False))
    | st.just(Sight(frozenset(("email", "phone", "mobile")), sees_hidden=False))
    | st.frozensets(st.sampled_from(RESTRICTABLE)).map(lambda some: Sight(some, sees_hidden=False))
)
_queries = st.builds(
    Query,
    words=st.just("") | st.sampled_from(WORDS),
    letter=st.just("") | st.sampled_from(("a", "b", "s", "z", "other", "?")),
    location=_several(PLACES),
    department=_several(TITLES),
    job_title=_several(TITLES),
    badge=_several((*BADGE_KEYS[:3], "umbrella", "rocket")),
    joined=_several(("2024-02", "2023-12", "2024-13")),
    left=st.sampled_from((False, False, True)),
)
queries = st.builds(Query.seen_with, _queries, sights)
texts = st.sampled_from((*NAMES, *PLACES, *MAILS[1:]))
# A field and what is to stand there; whoever writes a date has made sure that it is one.
changes = (
    st.tuples(
        st.sampled_from(("full_name", "sort_as", "location", "job_title", "email", "about")), texts
    )
    | st.tuples(st.sampled_from(("phone", "mobile")), st.sampled_from(PHONES))
    | st.tuples(st.just("start_date"), st.sampled_from(DATES))
    | st.tuples(st.just("left_on"), st.sampled_from(LAST_DAYS))
)
