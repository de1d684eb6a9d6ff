"""Marks in front of words of the index; private characters, which no text that is typed keeps."""

# In the order of results: after all plain words, then words about a person, badges, phone numbers.
LOW_RANK, BADGE, PHONE = "\U0010fff1", "\U0010fff2", "\U0010fff3"
MARKS = frozenset((LOW_RANK, BADGE, PHONE))
