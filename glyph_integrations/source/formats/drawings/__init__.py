"""What slides and sheets share: shapes' text, colors, pictures, charts."""
