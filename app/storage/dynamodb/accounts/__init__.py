"""Accounts, sessions, invitations and the settings of access in the index table.

They lie in views of their own, which sweeps and counts of the index do not read:

| item | ``view`` | ``at`` |
|---|---|---|
| settings of access | ``access`` | ``-`` |
| account, with the keys of its other rows | ``acct#<id>`` | ``-`` |
| whose an identity, a login or a person is | ``ident#``, ``login#``, ``self#`` | ``-`` |
| accounts by name; administrators | ``accounts``, ``admins`` | ``<name key> 1f <id>``; ``<id>`` |
| session | ``sess#<id>`` | ``<digest>`` |
| invitation | ``invite#<digest>`` | ``-`` |
"""
