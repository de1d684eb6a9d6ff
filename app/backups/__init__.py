"""The whole directory as a folder of files, from any store and back into any store.

``manifest.json`` stands for a whole backup. ``people-000001.jsonl.gz`` and so on hold 1,000 people
each, in the order of the hashes of their ids, which is the same in every store;
``photos-000001.jsonl.gz`` tells the hash and size of each of their photos, which lie in ``photos/``
under their keys.
"""
