"""Take from a learner's Markdown what would act in the browser of somebody who grades it.

formgrader turns Markdown into HTML without cleaning it.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=[#A-Za-z])")
_LINK = re.compile(r"\](\(|:)(?!\s*(?:https?://|mailto:|#|attachment:))", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")


def disarm_markdown(text: str) -> str:
    """Return Markdown whose HTML tags, entities and odd links are shown instead of used.

    Code is not spared: what is code for one parser need not be for another. Entities could hide
    the scheme of a link, so a link has to begin with a harmless one in plain letters.

    Example:
        >>> disarm_markdown("a < b & c <script>x</script> [y](java&Tab;script:z)")
        'a < b & c &lt;script>x&lt;/script> [y]&#40;java&amp;Tab;script:z)'
    """
    plain = _ENTITY.sub("&amp;", _CONTROL.sub("", text))
    tagless = _TAG.sub("&lt;", plain)
    return _LINK.sub(lambda found: f"]&#{ord(found[1])};", tagless)
