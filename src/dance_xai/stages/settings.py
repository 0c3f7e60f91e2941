"""The settings of each stage, with the reason for every default."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from dance_xai.motion.encoder import WindowSpec
from dance_xai.text.screening import ScreenOptions

STRICT = {"extra": "forbid"}

Count = Annotated[int, Ge(1)]
Folds = Annotated[int, Ge(2)]
Share = Annotated[float, Ge(0), Le(1)]
Positive = Annotated[float, Gt(0)]

KeyFrames = Literal["motion", "uniform", "given"]
Clustering = Literal["kmeans", "finch", "agglomerative"]
TextCutoff = float | Literal["auto"]
Target = Literal["calibrated", "raw"]


@dataclass(frozen=True)
class ClusterConfig:
    """How pose windows are clustered.

    Attributes:
        method: k-means is the default: it covers all windows evenly, and its centres are what matching needs. FINCH
            needs no number of clusters and is the paper's.
        n_clusters: Partitions to choose from (k-means, agglomerative), or the number asked of FINCH; empty lets FINCH
            take all its partitions. Numbers that the windows of few train clips cannot fill are left out, or one that
            they can is taken; the fit says so.
        min_clusters: The fewest clusters a chosen partition may have.
        max_clusters: The most.
        refine: Steps in which windows choose their nearest centre and their way round; 0 keeps the partition as it is.
    """

    __pydantic_config__ = STRICT
    method: Clustering = "kmeans"
    n_clusters: tuple[Annotated[int, Ge(2)], ...] = (40, 60, 80, 100)
    min_clusters: Annotated[int, Ge(2)] = 10
    max_clusters: Annotated[int, Ge(2)] = 200
    refine: Annotated[int, Ge(0)] = 30


@dataclass(frozen=True)
class MotionConfig:
    """Motion concepts.

    Attributes:
        source: ``discover`` from poses, or ``labels``: given motion labels, with prototypes from the poses if any.
        key_frames: ``motion`` looks where the body moves; ``uniform`` in equal steps; ``given`` takes the list of the
            data set.
        per_clip: Key frames per clip; more give a steadier label at little cost.
        windows: How windows are cut and described.
        clusters: How they are clustered.
        min_clips: A concept seen in fewer train clips cannot be learnt or checked; five folds need more than five. Of
            fewer than 24 train clips, a third is enough; the fit says so.
        stride: Frames between two windows when a clip is searched for its best match; more is faster and may pass by
            a short motion.
        stability_repeats: Clusterings compared for the reported stability; 0 leaves it out.
    """

    __pydantic_config__ = STRICT
    source: Literal["discover", "labels"] = "discover"
    key_frames: KeyFrames = "motion"
    per_clip: Count = 10
    windows: WindowSpec = field(default_factory=WindowSpec)
    clusters: ClusterConfig = field(default_factory=ClusterConfig)
    min_clips: Count = 8
    stride: Count = 1
    stability_repeats: Annotated[int, Ge(0)] = 3


@dataclass(frozen=True)
class TextConfig:
    """Object and scene concepts.

    Attributes:
        cutoff: A phrase is dropped when the mean of its ``top_k`` highest similarities over train clips is not above
            this; ``auto`` finds the cutoff on train.
        top_k: The paper's 5.
        target: What the concept layers must predict: ``raw`` similarities (the paper), or ``calibrated`` ones, which
            mean the same for all phrases, as grounded activations do: standard deviations above the train mean, after
            what all phrases of the clip have in common. On held-out train folds of Penn Action (objects and scenes
            only) raw is right 94.5 % of the time at 3 weights per class and calibrated 93.0 %, at 5 both 98.1 %.
        wording: Whether phrases are also judged by their wording (``screening``); the same folds lose nothing by it.
        screening: Which checks that judgement makes.
        likeness: Of phrases whose embeddings have a higher cosine only the most visible is kept. None, the default,
            keeps all, as the usual cosine differs from encoder to encoder; 0.95 suits InternVid.
        redundancy: A phrase that follows from the others to a higher share is dropped; ``auto`` finds the steadiest
            limit. None, the default, keeps all: on the same folds ``auto`` loses 0.8 to 1.4 points.
        min_auc: A phrase whose similarity tells the train clips of the classes it was proposed for from the others no
            better than this is dropped. None only warns: a phrase may be true of clips of other classes.
    """

    __pydantic_config__ = STRICT
    cutoff: TextCutoff = "auto"
    top_k: Count = 5
    target: Target = "raw"
    wording: bool = True
    screening: ScreenOptions = field(default_factory=ScreenOptions)
    likeness: Share | None = None
    redundancy: Share | Literal["auto"] | None = None
    min_auc: Share | None = None


@dataclass(frozen=True)
class LayerConfig:
    """Concept layers.

    Attributes:
        motion: ``logistic`` (regularised, with bias) or the paper's ``bce``.
        text: ``ridge`` (strength chosen on train) or the paper's ``cos_cubed``.
        folds: Train folds for every choice.
        min_average_precision: A motion concept whose held-out average precision is not above this is dropped; None
            keeps all, since what is hard to predict may still be worth showing.
        min_similarity: An object or scene concept with a lower out-of-fold cos-cubed similarity is dropped (LF-CBM).
    """

    __pydantic_config__ = STRICT
    motion: Literal["logistic", "bce"] = "logistic"
    text: Literal["ridge", "cos_cubed"] = "ridge"
    folds: Folds = 5
    min_average_precision: Share | None = None
    min_similarity: float = 0.3


@dataclass(frozen=True)
class HeadConfig:
    """The sparse head.

    Attributes:
        choose: ``nec``: the best head with at most ``nec`` weights per class; ``cv``: the strength with the best
            accuracy on held-out train folds; ``lam``: the strength given.
        nec: Non-zero weights per class; five terms are what a person reads at a glance.
        lam: Strength for ``lam``.
        alpha: Share of the absolute values in the penalty; the paper's 0.99.
        support: For ``nec``: ``path`` is the plain path, whose heads are optimal for the paper's objective; ``pruned``
            refits under a weaker penalty, with larger weights and often better accuracy at two or three per class.
        folds: Train folds for ``cv`` and ``pruned``.
    """

    __pydantic_config__ = STRICT
    choose: Literal["nec", "cv", "lam"] = "nec"
    nec: Positive = 5.0
    lam: Positive | None = None
    alpha: Annotated[float, Gt(0), Le(1)] = 0.99
    support: Literal["path", "pruned"] = "path"
    folds: Folds = 5
