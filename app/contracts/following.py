"""Who is told how far ``EmployeeStore.follow`` is behind what other programs write."""


class FollowObserver:
    """An observer that does nothing with what it is told."""

    def caught_up_to(self, at: float) -> None:
        """Learn that every change before this time (Unix time) is in the index."""

    def failed(self) -> None:
        """Learn that it waits because a store did not answer."""

    def waits_for_another(self) -> None:
        """Learn that another machine follows."""


UNOBSERVED = FollowObserver()
