"""What changed: the changes of people and the audit log, in the index table.

They lie in views of their own, which sweeps and counts of the index do not read:

| item | ``view`` | ``at`` |
|---|---|---|
| change of a person | ``h#<id key>`` | ``<moment>`` |
| entry of the audit log about a person | ``hist#<0..3>`` | ``<moment> 1f <id key>`` |
| another entry, such as that of a job | ``hist#<0..3>`` | ``<moment>`` |
| moment of an entry about a person that no change has | ``note#<id key>`` | ``<moment>`` |
| the oldest day that may have any of them | ``hist#oldest`` | ``-`` |
| name of an author | ``author#<account id, or ~ and a digest>`` | ``<number>`` |
| name under which a person wrote | ``wrote#<id key>`` | ``<key of the author> <number>`` |
| how far old changes are deleted | ``hist#thin`` | ``-`` |

The record has ``history``, the mark of its last recorded change (app/history/difference.py).
"""
