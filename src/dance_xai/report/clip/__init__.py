"""The page of one clip: what the model says, what it rests on, and where to see it."""

from dance_xai.report.clip.page import clip_page
from dance_xai.report.clip.picture import Picture, take_picture

__all__ = ["Picture", "clip_page", "take_picture"]
