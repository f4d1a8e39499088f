"""``FaceChain``: a font's face at a style's size, and the faces that draw what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from glyph_integrations.rendering.fonts import FAMILIES, fallback_fonts, font_data, open_face

if TYPE_CHECKING:
    import freetype

    from glyph_integrations.rendering.style import RenderStyle


class Sized(NamedTuple):
    """A FreeType face at the style's size."""

    face: freetype.Face
    data: bytes


class FaceChain:
    """A font and its fallbacks, each opened when the first character needs it.

    Args:
        style: Gives the size.
        font: A family or a file, first in the chain.
        squeeze: Width of the letters, relative to the style's.
    """

    def __init__(self, style: RenderStyle, font: str, squeeze: float = 1.0) -> None:
        self._size = round(style.font_size * style.dpi / 72 * 64)
        self._width = round(self._size * style.horizontal_scale * squeeze)
        self._fonts = fallback_fonts(font)
        self.first = self._open(next(self._fonts))
        self._faces = [self.first]

    def face_for(self, characters: str) -> Sized | None:
        """The first face of the chain that has all of these characters, or None."""
        position = 0
        while (face := self._face(position)) is not None:
            index = face.face.get_char_index
            if all(map(index, characters)):
                return face
            position += 1
        return None

    def with_faces(self, text: str) -> list[tuple[Sized, str]]:
        """Each character of a text with the face that has it; those that none has are left out."""
        faces = ((self.face_for(character), character) for character in text)
        return [(face, character) for face, character in faces if face is not None]

    def _face(self, position: int) -> Sized | None:
        while len(self._faces) <= position:
            data = next(self._fonts, None)
            if data is None:
                return None
            self._faces.append(self._open(data))
        return self._faces[position]

    def _open(self, data: bytes) -> Sized:
        face = open_face(data)
        if face.is_scalable:
            face.set_char_size(self._width, self._size, 72, 72)
        else:
            face.select_size(0)
        return Sized(face, data)


def monospaced_font(font: str) -> str:
    """The font that text with a layout of its own is drawn in: the style's, if all its letters are equally wide."""
    fixed = font.startswith("spleen") if font in FAMILIES else bool(open_face(font_data(font)).is_fixed_width)
    return font if fixed else "mono"
