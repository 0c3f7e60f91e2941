"""Why a model decided as it did, as data."""

from __future__ import annotations

from dataclasses import dataclass

from dance_xai.types.names import Activations, BoolArray, FloatArray, Kind


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
        fixed: Columns of concepts whose activation is the same for every clip, as an edit may set it.
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
    fixed: tuple[int, ...] = ()

    @property
    def prediction(self) -> ClassExplanation:
        return self.classes[0]

    @property
    def runner_up(self) -> ClassExplanation:
        return self.classes[min(1, len(self.classes) - 1)]
