"""Responses that the server gives without the application."""


def _response(status: str, text: str, *headers: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        "Connection: close",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Length: {len(text)}",
        "X-Content-Type-Options: nosniff",
        "Cache-Control: no-store",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + text).encode("ascii")


TOO_SLOW = _response(
    "408 Request Timeout",
    "The request came too slowly and was given up. Nothing was saved. Please send it again.\n",
)
BUSY = _response(
    "503 Service Unavailable",
    "Too many files are being received at the moment. Nothing was saved. "
    "Please try again in a minute.\n",
    "Retry-After: 60",
)
HEAD_TOO_LARGE = _response(
    "431 Request Header Fields Too Large",
    "The headers of the request are too large. Delete the cookies of this address and try again.\n",
)
