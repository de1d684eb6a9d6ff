"""RefusedHeader: a header says who a request is of, and is not believed."""

from app.model.errors import DirectoryError


class RefusedHeader(DirectoryError):
    """The header of the load balancer or of a proxy is wrong; ``reason`` names which part."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the header that says who asks was refused: {reason}")
        self.reason = reason
