"""JSON responses that every parser accepts."""

from typing import Any

from flask.json.provider import DefaultJSONProvider

from app.runtime.strict_json import json_data


class StrictJson(DefaultJSONProvider):
    """Flask's JSON without NaN, infinities and lone surrogates, which strict parsers reject.

    They become null, and are left out of texts.
    """

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Serialize data as JSON."""
        try:
            text = super().dumps(obj, allow_nan=False, **kwargs)
        except ValueError:
            return super().dumps(json_data(obj), allow_nan=False, **kwargs)
        # Escapes of surrogates: of an emoji, or of nothing.
        return super().dumps(json_data(obj), **kwargs) if "\\ud" in text else text
