"""The user guide as a site: `make docs` builds it into build/docs, without a network."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from specs import VERSION  # noqa: E402 - it is found by the line above

project = "Gateway Contracts"
release = version = VERSION
extensions = ["myst_parser", "catalogue"]
exclude_patterns = ["README.md"]
smartquotes = False  # quotations are word for word
html_theme = "furo"
html_title = f"{project} {VERSION}"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_static_path: list[str] = []
html_theme_options = {
    "light_css_variables": {"content-padding": "2rem"},
    "navigation_with_keys": True,
}
myst_enable_extensions = ["attrs_block", "colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
