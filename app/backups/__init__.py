"""Back up the whole directory as a folder of files, and restore it into any store.

``manifest.json`` marks a complete backup. ``people-000001.jsonl.gz`` and so on hold 1,000 people
each, in the order of the hashes of their ids, which is the same in every store;
``photos-000001.jsonl.gz`` has the hash and size of each of their photos, which are in ``photos/``
under their keys.
"""
