"""How long a client may take, and how much the server keeps for it."""

# A request line and its headers: from the first byte to the last.
HEAD_SECONDS = 10.0
MAX_HEAD_BYTES = 64 * 1024
# A body: so long to begin, and then this rate on average. A slow telephone sends 10 kB/s.
BODY_GRACE_SECONDS = 20.0
MIN_BODY_BYTES_PER_SECOND = 4096
# Bodies of all connections of a worker; beyond it, a request with a body is answered with 503.
MAX_STORED_BYTES = 512 * 1024 * 1024
# Beyond it, a body is kept in a temporary file: what Werkzeug keeps in memory of an uploaded file.
MAX_BODY_BYTES_IN_MEMORY = 512 * 1024
# The same, if bodies of all connections of a worker are larger together.
MAX_STORED_BYTES_IN_MEMORY = 16 * 1024 * 1024
# A response: the time without a byte taken.
STALLED_SECONDS = 30.0
# What a connection may leave unread before the thread that writes it waits.
MAX_UNSENT_BYTES = 4 * 1024 * 1024
# The same of all connections whose thread has ended; beyond it, the slowest are closed.
MAX_UNSENT_BYTES_OF_WORKER = 32 * 1024 * 1024
# After the last response the client may finish what it is sending: closing at once would reset the
# connection, and the client could lose the response.
LINGER_SECONDS = 2.0
# The same after a response to a request that was not read to its end, such as a file too large.
LONG_LINGER_SECONDS = 8.0
# A server that ends: those whose handshake has begun may finish it. The time of a far round trip.
HANDSHAKE_SECONDS = 0.5
