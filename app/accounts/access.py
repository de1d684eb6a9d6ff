"""Access: how the directory treats those who have not signed in, and whether it has an owner."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from app.access.modes import Mode
from app.access.viewer import Viewer
from app.access.visibility import DEFAULT_VISIBILITY, STRICTEST_VISIBILITY, Audience, Visibility
from app.contracts.accounts import MAX_ORG_TOP, AccessSettings, AccountConflict, AccountStore
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.runtime.shared_mark import SharedMark
from app.runtime.ttl import TtlValue

POLICY_SECONDS = 3.0
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How the directory treats those who have not signed in.

    ``mode`` is the one that a setting or an administrator chose; where none did (``is_chosen`` is
    false), ``sign-in`` where people can sign in elsewhere (``has_sign_in``: OpenID Connect, the
    balancer or a header), else ``read-only``. ``is_claimed``: the directory has, or had, an
    administrator. Where ``is_known`` is false the store has not answered yet. ``org_top``
    are the ids of those at the top of the org chart, if an administrator chose them.
    """

    mode: Mode
    is_chosen: bool = False
    is_claimed: bool = False
    has_sign_in: bool = False
    visibility: Visibility = field(default=DEFAULT_VISIBILITY)
    is_known: bool = True
    org_top: tuple[str, ...] = ()


class Access:
    """The settings of access, as the environment and the administrators have them."""

    def __init__(self, store: AccountStore, *, mode: Mode | None, has_sign_in: bool) -> None:
        self._store = store
        self._mode = mode
        self._has_sign_in = has_sign_in
        self._policy: TtlValue[Policy] = TtlValue(POLICY_SECONDS)
        self._changes = SharedMark()
        self._seen = self._changes.read()
        self._failure: StorageUnavailable | None = None

    @property
    def mode_of_setting(self) -> Mode | None:
        """Return the mode that ``ACCESS`` sets, which administrators cannot change."""
        return self._mode

    @property
    def unknown_because(self) -> StorageUnavailable | None:
        """Return why nobody knows what holds without a sign-in: no setting says, nor the store."""
        return self._failure

    @property
    def last_mode(self) -> Mode | None:
        """Return the mode of the policy that was read last, None before; reads nothing."""
        last = self._policy.last
        return last.mode if last else None

    def policy(self) -> Policy:
        """Return the policy, at most POLICY_SECONDS old; never raises.

        If the store does not answer it is the last known one. Where none is known it is that of
        ``ACCESS``, else the strictest: an administrator may have chosen it.
        """
        mark = self._changes.read()
        if mark != self._seen:
            self._seen = mark
            return self._policy.get(self._read, max_age_seconds=0)
        return self._policy.get(self._read)

    def settings(self) -> AccessSettings:
        """Return what administrators have chosen, as it is stored now."""
        return self._store.access_settings()

    def choose(
        self,
        settings: AccessSettings,
        *,
        mode: Mode | None,
        visibility: Mapping[str, Audience],
        org_top: Iterable[str] | None = None,
    ) -> AccessSettings:
        """Store what an administrator chose who has seen these settings. Raises AccountConflict.

        Without ``org_top`` the top of the org chart stays.
        """
        top = settings.org_top if org_top is None else tuple(org_top)[:MAX_ORG_TOP]
        chosen = replace(settings, mode=mode, visibility=dict(visibility), org_top=top)
        saved = self._store.save_access_settings(chosen)
        self.forget()
        return saved

    def renew_setup_link(self) -> AccessSettings:
        """Make the setup link that was printed before useless. Raises AccountConflict."""
        for attempt in range(_ATTEMPTS):
            stored = self._store.access_settings()
            newer = replace(stored, setup_generation=stored.setup_generation + 1)
            try:
                return self._store.save_access_settings(newer)
            except AccountConflict:
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def erase(self, person: Employee, *, by: Viewer, former: Sequence[Employee] = ()) -> None:
        """Implement Traces.erase: the id does not stay at the top of the org chart."""
        for _ in range(_ATTEMPTS):
            stored = self._store.access_settings()
            if person.id not in stored.org_top:
                return
            top = tuple(each for each in stored.org_top if each != person.id)
            with suppress(AccountConflict):
                self._store.save_access_settings(replace(stored, org_top=top))
                self.forget()

    def forget(self) -> None:
        """Read the policy anew at the next call, in all processes of this program."""
        self._changes.change()

    def _read(self, last: Policy | None) -> Policy:
        try:
            stored = self._store.access_settings()
            is_claimed = bool(stored.claimed_by) or self._store.count_admins() > 0
        except StorageUnavailable as error:
            if last is not None and last.is_known:
                return last
            self._failure = None if self._mode else error
            strictest = self._mode or Mode.SIGN_IN
            return Policy(
                mode=strictest,
                is_chosen=True,
                has_sign_in=self._has_sign_in,
                visibility=STRICTEST_VISIBILITY,
                is_known=False,
            )
        self._failure = None
        chosen = self._mode or stored.mode
        default = Mode.SIGN_IN if self._has_sign_in else Mode.READ_ONLY
        return Policy(
            mode=chosen or default,
            is_chosen=chosen is not None,
            is_claimed=is_claimed,
            has_sign_in=self._has_sign_in,
            visibility=Visibility(stored.visibility),
            org_top=stored.org_top,
        )
