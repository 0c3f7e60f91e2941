"""The settings that say where the clips of a data set lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dance_xai.data.splitting import STRICT, SplitRule

LayoutName = Literal["csv", "list", "jsonl", "folders", "videofolder", "kth", "penn_action", "haa500", "ucf101"]


@dataclass(frozen=True)
class ClipsSource:
    """Where the clips of a data set lie; relative paths start at the data root.

    Attributes:
        path: A list of clips, or the folder of a data set.
        layout: ``auto`` looks at what lies there. ``csv``: a header, then a clip a line. ``jsonl``: an object a line
            with the same keys. ``list``: lines ``path,label`` or ``path label`` without a header. ``folders``: a folder
            per class, perhaps in ``train`` and ``test``. ``videofolder``: the layout of Hugging Face. The others are
            the data sets of these names as they are downloaded.
        label_column: Column with the class names, or with positions in ``class_list``. None takes ``label``.
        id_column: Column with the clip ids. None takes ``clip`` if it is there, else ids come from the paths.
        path_column: Column with video files. None takes ``path`` if it is there.
        split_column: Column with train or test. None takes ``split`` if it is there.
        subject_column: Column with the person seen. None takes ``subject`` if it is there.
        start_column: Column with the second at which the clip begins. None takes ``start`` if it is there.
        end_column: Column with the second at which it ends. None takes ``end`` if it is there.
        class_list: A file with a class name a line, for labels that are numbers from 0, and for the order of classes.
        test_path: A second list with the test clips; those of ``path`` are then for training.
        videos: Folder that the paths in a list start from; None stands for the folder of the list.
        fold: Which of the official splits of UCF-101; None stands for the first.
        split: How to divide the clips, in place of the split that the data give.
    """

    __pydantic_config__ = STRICT
    path: Path
    layout: Literal["auto", LayoutName] = "auto"
    label_column: str | None = None
    id_column: str | None = None
    path_column: str | None = None
    split_column: str | None = None
    subject_column: str | None = None
    start_column: str | None = None
    end_column: str | None = None
    class_list: Path | None = None
    test_path: Path | None = None
    videos: Path | None = None
    fold: Literal[1, 2, 3] | None = None
    split: SplitRule | None = None
