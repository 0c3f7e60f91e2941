"""The nouns. Small frozen dataclasses, arrays inside, no behaviour beyond looking things up.

Axis letters: N clips, T frames, K joints, L window length, W windows, D feature, E text space,
C concepts, Y classes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.floating[Any]]
IntArray: TypeAlias = NDArray[np.integer[Any]]
BoolArray: TypeAlias = NDArray[np.bool_]
UInt8Array: TypeAlias = NDArray[np.uint8]

Kind = Literal["motion", "object", "scene"]
KINDS: tuple[Kind, ...] = ("motion", "object", "scene")
Split = Literal["train", "test"]
Activations = Literal["predicted", "grounded"]


@dataclass(frozen=True)
class Drop:
    """Something left out, and why.

    Attributes:
        stage: Where it happened: ``clips``, ``windows``, ``motion``, ``object``, ``scene``.
        item: What was dropped: a clip id, ``clip:frame`` of a window, a concept name.
        reason: A short reason that is the same for all items dropped alike.
        value: The measured figure behind the reason, or None.
    """

    stage: str
    item: str
    reason: str
    value: float | None = None


def count_reasons(drops: tuple[Drop, ...]) -> dict[str, int]:
    """Count drops per ``stage: reason``, most frequent first."""
    return dict(Counter(f"{drop.stage}: {drop.reason}" for drop in drops).most_common())


@dataclass(frozen=True)
class Clip:
    """One video clip of a data set; ``label`` and ``split`` are None where unknown.

    Attributes:
        id: Unique in the data set.
        label: Class name.
        split: train or test.
        path: The video file.
        subject: The person seen.
        start: Seconds into the file where the clip begins, None for its beginning.
        end: Seconds into the file where it ends, None for its end.
    """

    id: str
    label: str | None = None
    split: Split | None = None
    path: Path | None = None
    subject: str | None = None
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, eq=False)
class Manifest:
    """The clips of a data set, in file order, and its classes, sorted.

    Attributes:
        clips: N clips with unique ids.
        classes: Y class names.
        drops: Clips left out, with reasons.
    """

    clips: tuple[Clip, ...]
    classes: tuple[str, ...]
    drops: tuple[Drop, ...] = ()

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(clip.id for clip in self.clips)

    @cached_property
    def labels(self) -> IntArray:
        """(N,) class indices, -1 where unknown."""
        index = {name: position for position, name in enumerate(self.classes)}
        return np.array([index.get(clip.label or "", -1) for clip in self.clips], dtype=np.int64)

    def rows(self, split: Split) -> IntArray:
        """Row indices of the clips in one split."""
        return np.flatnonzero([clip.split == split for clip in self.clips])


@dataclass(frozen=True)
class Skeleton:
    """Joints by name, bones between them, and which joints mirror each other.

    Attributes:
        name: For example ``penn_13``.
        joints: K joint names.
        bones: Pairs of joint names.
        pairs: (left, right) pairs of joint names.
    """

    name: str
    joints: tuple[str, ...]
    bones: tuple[tuple[str, str], ...]
    pairs: tuple[tuple[str, str], ...]

    def index(self, *names: str) -> IntArray:
        """Positions of the named joints; names the skeleton lacks are left out."""
        return np.array([self.joints.index(name) for name in names if name in self.joints], dtype=np.int64)

    @property
    def bone_index(self) -> IntArray:
        """(B, 2) joint positions of each bone."""
        return np.array([[self.joints.index(a), self.joints.index(b)] for a, b in self.bones], dtype=np.int64)

    @property
    def mirror(self) -> IntArray:
        """(K,) permutation of joints that swaps left and right."""
        order = np.arange(len(self.joints))
        for left, right in self.pairs:
            a, b = self.joints.index(left), self.joints.index(right)
            order[[a, b]] = order[[b, a]]
        return order


@dataclass(frozen=True, eq=False)
class PoseTrack:
    """The poses of one person through one clip. Absence is representable, never invented.

    Attributes:
        clip: Clip id.
        skeleton: The named joints.
        xy: (T, K, 2) pixels, x to the right, y down.
        confidence: (T, K) in 0..1; 0 means the joint was not seen and its xy means nothing.
        present: (T,) False where nobody was found.
        fps: Frames per second, or None when the source does not say.
        height_width: Frame size in pixels, or None.
        xyz: (T, K, 3) metres, x to the right as seen, y down, z away from the camera; None when the source is flat.
            Where a joint was not seen it means nothing.
    """

    clip: str
    skeleton: Skeleton
    xy: FloatArray
    confidence: FloatArray
    present: BoolArray
    fps: float | None = None
    height_width: tuple[int, int] | None = None
    xyz: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class People:
    """Everybody found in the T frames of one clip, frame after frame; P detections in all, possibly none.

    Attributes:
        skeleton: The named joints.
        frames: T, frames looked at.
        frame: (P,) frame of each detection, not falling.
        xy: (P, K, 2) pixels, x to the right, y down.
        confidence: (P, K) in 0..1.
        score: (P,) in 0..1, how sure the estimator is that this is a person.
    """

    skeleton: Skeleton
    frames: int
    frame: IntArray
    xy: FloatArray
    confidence: FloatArray
    score: FloatArray


@dataclass(frozen=True)
class Sampling:
    """Which frames of a clip a network looks at.

    Attributes:
        frames: T per view.
        stride: None spreads the T frames evenly over the clip (uniform); a number takes every so many frames (dense).
        views: V, temporal views spread evenly over the clip; their results are averaged.
        fps: Frames per second in which ``stride`` counts; None for those of the clip.

    Source: uniform as in TSN (Wang et al. 2016), dense as in VideoMAE (Tong et al. 2022).
    """

    frames: int = 16
    stride: int | None = None
    views: int = 1
    fps: float | None = None


@dataclass(frozen=True, eq=False)
class Features:
    """One vector per clip from a frozen backbone or dual encoder.

    Attributes:
        name: Where they come from, for example ``videomae_b``.
        ids: N clip ids.
        values: (N, D) finite floats.
    """

    name: str
    ids: tuple[str, ...]
    values: FloatArray


@dataclass(frozen=True)
class FeatureBlocks:
    """Of which features a vector is put together, and how they are brought to one size.

    Attributes:
        names: B names of backbones.
        widths: Their D; the vector is as wide as their sum.
        scales: Factor of each block: one over its root mean squared deviation over train clips, so that no block
            outweighs another by its units; 1 for a single block.
    """

    names: tuple[str, ...]
    widths: tuple[int, ...]
    scales: tuple[float, ...]


@dataclass(frozen=True)
class Proposal:
    """A phrase that a proposer names for a class.

    Attributes:
        kind: ``object`` or ``scene``.
        text: The phrase as proposed.
        label: The class it was proposed for.
        count: Samples that named it, at least 1.
        samples: Samples asked for, at least ``count``.
    """

    kind: Kind
    text: str
    label: str
    count: int = 1
    samples: int = 1


@dataclass(frozen=True)
class PhraseEntry:
    """One phrase of a phrase set, and what became of it.

    Attributes:
        kind: ``object`` or ``scene``.
        text: The phrase.
        classes: The classes it was proposed for; empty where nobody said.
        agreement: Share of the samples that named it, the highest over its classes; 1 without sampling.
        kept: Whether it may become a concept.
        reason: Why it was dropped; None when kept.
        value: The figure behind the reason, or None.
        similarity: Mean of its highest similarities over train clips, None where not measured.
        auc: How often a train clip of its classes is more similar to it than another, 0..1, None where not measured.
        by_user: True when a person decided; filters leave such a decision alone.
    """

    kind: Kind
    text: str
    classes: tuple[str, ...] = ()
    agreement: float = 1.0
    kept: bool = True
    reason: str | None = None
    value: float | None = None
    similarity: float | None = None
    auc: float | None = None
    by_user: bool = False


@dataclass(frozen=True)
class PhraseSource:
    """Who proposed phrases, and how they were asked.

    Attributes:
        name: A language model as its server calls it, ``bundled:NAME``, or a file.
        classes: The classes it was asked for.
        samples: Answers per class; None where nobody was asked.
        prompts: Kind, version and SHA-256 of every prompt used.
    """

    name: str
    classes: tuple[str, ...] = ()
    samples: int | None = None
    prompts: tuple[tuple[Kind, int, str], ...] = ()


@dataclass(frozen=True)
class PhraseSet:
    """Object and scene phrases of a data set, objects first, with a verdict on each.

    Attributes:
        classes: Y class names they were proposed for; empty where nobody said.
        entries: The phrases, unique per kind.
        sources: Who proposed them, in the order in which they were asked.
    """

    classes: tuple[str, ...]
    entries: tuple[PhraseEntry, ...]
    sources: tuple[PhraseSource, ...] = ()

    def of(self, kind: Kind, *, kept: bool = True) -> tuple[PhraseEntry, ...]:
        """The entries of one kind that are kept, or dropped."""
        return tuple(entry for entry in self.entries if entry.kind == kind and entry.kept == kept)


@dataclass(frozen=True, eq=False)
class Phrases:
    """Text concepts of one kind with their embeddings in the dual encoder's space.

    Attributes:
        kind: ``object`` or ``scene``.
        texts: C phrases.
        embeddings: (C, E) finite floats, any norm.
    """

    kind: Kind
    texts: tuple[str, ...]
    embeddings: FloatArray


@dataclass(frozen=True, eq=False)
class PoseWindows:
    """Normalised pose windows cut from clips, L rows spread evenly from ``start`` to ``stop``.

    Attributes:
        skeleton: The named joints.
        clip: (W,) row of the clip each window was cut from.
        start: (W,) first frame in the clip.
        stop: (W,) one past the last frame.
        poses: (W, L, K, 2) body units (1 is the person's stature), window-centred, x right, y down.
        seen: (W, L, K) True where the joint was measured or filled between measurements.
        drops: Windows and clips left out, with reasons.
    """

    skeleton: Skeleton
    clip: IntArray
    start: IntArray
    stop: IntArray
    poses: FloatArray
    seen: BoolArray
    drops: tuple[Drop, ...] = ()

    def __len__(self) -> int:
        return len(self.clip)


@dataclass(frozen=True, eq=False)
class Prototype:
    """The pose window nearest to the centre of a motion concept.

    Attributes:
        clip: Clip id it was cut from.
        start: First frame in that clip.
        stop: One past its last frame.
        poses: (L, K, 2) body units, y down.
        seen: (L, K) True where the joint is known.
    """

    clip: str
    start: int
    stop: int
    poses: FloatArray
    seen: BoolArray


@dataclass(frozen=True, eq=False)
class Concept:
    """One human-understandable concept.

    Attributes:
        kind: motion, object or scene.
        name: The phrase; for motion a short stable name such as ``motion 07``.
        size: Train windows in the cluster (motion); None for phrases.
        clips: Train clips that have the concept: at least one window of the cluster (motion).
        spread: Mean distance of the members to the centre in descriptor units (motion).
        prototype: The window to show (motion), None when the source has no poses.
        members: (M, 2) rows of (clip row in the manifest, first frame), nearest to the centre first.
        quality: Measured on train folds: for example ``{"average_precision": 0.61}``.
    """

    kind: Kind
    name: str
    size: int | None = None
    clips: int | None = None
    spread: float | None = None
    prototype: Prototype | None = None
    members: IntArray | None = None
    quality: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ConceptBank:
    """All concepts, motion first, then object, then scene; kinds are column slices.

    Attributes:
        concepts: C concepts in that order.
        skeleton: Of the motion prototypes, None without poses.
    """

    concepts: tuple[Concept, ...]
    skeleton: Skeleton | None = None

    def __len__(self) -> int:
        return len(self.concepts)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(concept.name for concept in self.concepts)

    def slice(self, kind: Kind) -> slice:
        """Columns of one kind (possibly empty)."""
        columns = [i for i, concept in enumerate(self.concepts) if concept.kind == kind]
        return slice(columns[0], columns[-1] + 1) if columns else slice(0, 0)

    def columns(self, *kinds: Kind) -> IntArray:
        """Column indices of the given kinds, in bank order."""
        return np.flatnonzero([concept.kind in kinds for concept in self.concepts])


@dataclass(frozen=True, eq=False)
class ConceptTargets:
    """What the concept layer must predict, one column per concept of the bank.

    Attributes:
        ids: N clip ids.
        values: (N, C): motion in {0, 1}, object and scene similarities; NaN where unknown.
    """

    ids: tuple[str, ...]
    values: FloatArray


@dataclass(frozen=True)
class WindowMatch:
    """Where in a clip a motion concept is seen best.

    Attributes:
        start: First frame.
        stop: One past the last frame.
        similarity: In 0..1; 1 is the centre of the concept.
        mirrored: True when the clip shows the mirror image of the prototype.
    """

    start: int
    stop: int
    similarity: float
    mirrored: bool = False


@dataclass(frozen=True)
class Contribution:
    """One term of the exact sum behind a logit: ``weight * activation``.

    Attributes:
        concept: Column in the bank.
        kind: motion, object or scene.
        name: Name of the concept.
        activation: Standardised activation c_j of the clip (0 is the train mean).
        weight: W[k, j] of the explained class.
        value: ``weight * activation``.
        match: For motion, the clip's best window; None without poses.
    """

    concept: int
    kind: Kind
    name: str
    activation: float
    weight: float
    value: float
    match: WindowMatch | None = None


@dataclass(frozen=True)
class ClassExplanation:
    """Why one class got its logit: ``bias + sum of contributions == logit``.

    Attributes:
        label: Class name.
        probability: Softmax probability in 0..1.
        logit: The class logit.
        bias: The class bias.
        contributions: Non-zero terms, largest absolute value first.
        shares: Share of the absolute contributions per kind, summing to 1 (all 0 without any).
    """

    label: str
    probability: float
    logit: float
    bias: float
    contributions: tuple[Contribution, ...]
    shares: dict[Kind, float]


@dataclass(frozen=True)
class ConceptSpan:
    """A stretch of a clip in which a motion concept happens.

    Attributes:
        start: First frame of the motion.
        stop: One past its last frame.
        similarity: Highest similarity inside, in 0..1.
    """

    start: int
    stop: int
    similarity: float


@dataclass(frozen=True, eq=False)
class MotionTimeline:
    """When in a clip a motion concept happens: the similarity of a sliding pose window to its centre.

    Attributes:
        concept: Column in the bank.
        name: Name of the concept.
        centres: (M,) rising; frame at the middle of each window, with halves. Frames without a valid window (nobody
            there, too little of the body seen) have none.
        similarity: (M,) in 0..1; 1 is the centre of the concept.
        mirrored: (M,) True where the mirror image of the prototype is nearer.
        threshold: The similarity from which the concept counts as happening, chosen on train clips.
        spans: Where it happens, in order of time, apart from each other.
    """

    concept: int
    name: str
    centres: FloatArray
    similarity: FloatArray
    mirrored: BoolArray
    threshold: float
    spans: tuple[ConceptSpan, ...] = ()


@dataclass(frozen=True)
class PhraseSeen:
    """The frame that shows an object or scene best.

    Attributes:
        concept: Column in the bank.
        kind: object or scene.
        name: The phrase.
        frame: Frame of the clip.
        score: Similarity of that frame and the phrase, calibrated as the clip's: in standard deviations above what
            train clips usually have.
        mean: Mean of the same score over all frames looked at; a score far above it says that the frame stands out.
    """

    concept: int
    kind: Kind
    name: str
    frame: int
    score: float
    mean: float


@dataclass(frozen=True)
class FlipChange:
    """One concept changed.

    Attributes:
        concept: Column in the bank.
        kind: motion, object or scene.
        name: Name of the concept.
        before: Standardised activation in the clip.
        after: Standardised activation that it is changed to.
        gain: What this takes from the margin, above 0.
    """

    concept: int
    kind: Kind
    name: str
    before: float
    after: float
    gain: float


@dataclass(frozen=True)
class Flip:
    """A smallest change of concepts that gives another decision: ``margin - sum of gains == margin_after``.

    Attributes:
        label: The decision as it is.
        rival: The decision after the changes.
        changes: The concepts changed, largest gain first.
        margin: Logit of ``label`` minus logit of ``rival``, at least 0.
        margin_after: The same after the changes, below 0.
    """

    label: str
    rival: str
    changes: tuple[FlipChange, ...]
    margin: float
    margin_after: float


@dataclass(frozen=True)
class SetConcept:
    """A concept of a clip whose activation was set by hand.

    Attributes:
        concept: Column in the bank.
        kind: motion, object or scene.
        name: Name of the concept.
        before: Standardised activation as the model read it.
        after: What it was set to.
    """

    concept: int
    kind: Kind
    name: str
    before: float
    after: float


@dataclass(frozen=True)
class Correction:
    """What the model says of a clip once some activations are set by hand.

    Attributes:
        changes: The concepts that were set, in the order given.
        classes: All classes explained with them, most probable first.
    """

    changes: tuple[SetConcept, ...]
    classes: tuple[ClassExplanation, ...]

    @property
    def prediction(self) -> ClassExplanation:
        return self.classes[0]


@dataclass(frozen=True)
class VideoFacts:
    """What is known of the clip as a video; None where the source does not say.

    Attributes:
        frames: Frames of the clip's grid in time, which all frame numbers count.
        fps: Frames per second.
        width: Pixels.
        height: Pixels.
    """

    frames: int
    fps: float | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class Explanation:
    """The explanation of one clip, data first; pages are views of it.

    Attributes:
        clip: Clip id.
        true_label: Its label, or None when unknown.
        classes: All classes explained, most probable first.
        activations: predicted or grounded.
        fps: Frames per second of the clip, None when unknown.
        timelines: When motion concepts happen, in bank order; empty without poses.
        phrases_seen: Best frame per object and scene, in bank order; None where nobody looked at single frames, for
            example because the similarities come from files.
        flip: The fewest concepts whose change, inside the range of train clips, gives another decision; None where no
            such change does.
        video: What is known of the video; None without poses and video.
        notes: What could not be told, and why.
        correction: What the model says with some concepts set by hand; None where none was.
    """

    clip: str
    true_label: str | None
    classes: tuple[ClassExplanation, ...]
    activations: Activations
    fps: float | None = None
    timelines: tuple[MotionTimeline, ...] = ()
    phrases_seen: tuple[PhraseSeen, ...] | None = None
    flip: Flip | None = None
    video: VideoFacts | None = None
    notes: tuple[str, ...] = ()
    correction: Correction | None = None

    @property
    def prediction(self) -> ClassExplanation:
        return self.classes[0]

    @property
    def runner_up(self) -> ClassExplanation:
        return self.classes[min(1, len(self.classes) - 1)]


@dataclass(frozen=True)
class Edit:
    """A change made to a model, enough to replay it.

    Attributes:
        operation: For example ``ablate``.
        arguments: Its plain arguments.
        parent: Content hash of the model it was applied to.
    """

    operation: str
    arguments: dict[str, Any]
    parent: str
