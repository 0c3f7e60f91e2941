"""The explained video: the clip, who is seen in it, what the model says, and the concepts as they happen."""

from dance_xai.report.film.show import Show
from dance_xai.report.film.write import write_film

__all__ = ["Show", "write_film"]
