"""Every number that the fuzzy search is tuned with: its unit, and where it comes from.

A percentage says how many of 1,000 misspelt names (tests/support/misspelt_names.py, two seeds,
4,000 sample people, no time limit) find the right person on the first page: 98.7 % with the values
below. "No effect": the values tried, down to half and up to double, change neither that figure nor,
by more than a tenth, the searches made. Such a value was chosen when the feature was written, and
only the cases in tests/directory/fuzzy/test_search.py may depend on it.
"""

from app.directory.fuzzy.stopwatch import Cost

# People. A search that matches as many has no suggestions: 98.4 % with 3, 98.9 % with 12.
ENOUGH_MATCHES = 6
# People. 93.7 % with 8; 99.1 % with 32, twice as many for a reader to look through.
MAX_SUGGESTIONS = 16
# People. As many as suggestions; chosen, not measured.
MAX_LATER_MATCHES = 16
# Share of the read budget of a page: 18 of DynamoDB's 200 read units, for two pages of one word.
LATER_MATCHES_SHARE = 0.1

# Searches of the store for one page: bound by the two below; no effect from 3 to 8.
MAX_SEARCHES = 4
# Searches with all words, some of them replaced: 97.8 % with 1, 98.6 % with 2.
MAX_REWRITES = 3
# Searches that omit a word: 97.8 % with 0; no effect from 1 to 4.
MAX_PARTIAL = 2
# Seconds. No further search starts after as much, or as much as the first search took. By the
# clock it is three responses of a database server; by the CPU, SQLite's for a plain page.
MIN_BUDGET = Cost(seconds=0.02, cpu_seconds=0.004)

# Words typed. A longer search is not rewritten; no effect.
MAX_WORDS = 6
# Substitutions of one word, and combinations of those of all words: a bound on memory and CPU,
# as 6 words of 6 would be 46,656; no effect.
MAX_SUBSTITUTIONS, MAX_COMBINATIONS = 6, 3_000

# The cost of a substitution, in letters inserted, deleted, replaced or swapped. A word that sounds
# the same is nearer than one with a letter less wrong: 98.8 % with 0, 98.6 % with -0.9.
SAME_SOUND = -0.5
# Another first letter: 98.9 % with 0, but more wrong people first; 98.6 % and more searches with 1.
OTHER_FIRST_LETTER = 0.5
# The start of a longer word, while it is typed: no effect.
UNFINISHED_WORD = 0.3
# A nickname, and each further one of the same name: 98.5 % with 0; the second has no effect.
NICKNAME, NEXT_NICKNAME = 0.4, 0.01
# An omitted word: of less than MIN_WORD letters, longer, and if somebody has it. With 0.8 for a
# long one 1.5 more people are shown per search; no effect otherwise.
OMITTED_SHORT_WORD, OMITTED_WORD, OMITTED_KNOWN_WORD = 0.8, 1.6, 0.2
# An omitted word like one that somebody has: more than to replace it and omit another one.
OMITTED_SIMILAR_WORD = 1.0
# The most that all substitutions of a search may cost: 97.8 % with 1.5; no effect from 2.5.
MAX_COST = 3.5
# The most that one may cost where the words as typed match somebody: no effect.
MAX_COST_OF_MORE = 1.0
# How much more than the first rewrite the next ones may cost: 98.1 % with 0, 98.6 % with 0.4,
# 98.8 % and a tenth more searches with 1.5.
MAX_COST_BEHIND_FIRST = 0.75
# Per cent of the letters typed that are still searched for if words are omitted: 98.2 % with 60.
MIN_KEPT_PERCENT = 40

# Letters. A shorter word has no similar words, but may be one among other words (Bo Chen, Wei Li):
# 98.4 % with 4 in place of 3; the second has no effect.
MIN_WORD, MIN_WORD_AMONG_OTHERS = 3, 2
# Letters of a word in which one may be wrong, or two: 97.4 % with 5 in place of 4; no effect of 5
# or 7 in place of 6 but more people shown.
MIN_ONE_MISTAKE, MIN_TWO_MISTAKES = 4, 6
# Letters of a word that is still typed: no effect.
MIN_UNFINISHED_WORD = 5

# Words of the vocabulary compared with a word typed, at half a microsecond each: a bound on CPU;
# no effect among the 1,400 words of sample people.
MAX_COMPARED = 4_000
# Words kept of those: no effect.
MAX_CANDIDATES = 6

# Seconds that the first search waits for the vocabulary, and a later one for a newer vocabulary.
FIRST_WAIT_SECONDS, NEXT_WAIT_SECONDS = 1.5, 0.05
# Seconds that a vocabulary is used: one for each 20 words, since a larger one takes longer to read.
MAX_AGE_SECONDS = 300.0
WORDS_PER_SECOND_OF_AGE = 20
# Words of saves that are kept in memory beside it: those of a thousand new people.
MAX_LEARNED_WORDS = 5_000
# Seconds without a new attempt if the store did not respond.
RETRY_SECONDS = 30.0
