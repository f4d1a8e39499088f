"""``python -m glyph_integrations``: the ``glyph`` command."""

from glyph_integrations.cli import main

main()
