from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

from dance_xai.adapters.hf_pose import HFPose, PersonDetector
from dance_xai.adapters.torch_device import Runtime
from dance_xai.data.skeletons import COCO_17, PENN_13
from dance_xai.errors import ArtifactError, ShapeError
from dance_xai.protocols import PoseEstimator

pytestmark = pytest.mark.usefixtures("no_network")
CPU = Runtime(device="cpu")
PERSON = 1


@pytest.fixture
def frames():
    return list(np.random.default_rng(3).integers(0, 256, size=(3, 60, 90, 3), dtype=np.uint8))


@pytest.fixture(scope="module")
def pose(vitpose, rtdetr):
    """Lets everything pass that the random detector calls a person; one by one, so that rounding is as by hand."""
    return HFPose.load(vitpose, rtdetr, COCO_17, least=0.0, runtime=Runtime(device="cpu", batch_size=1))


def detect_by_hand(transformers, folder, frame):
    """Boxes (P, 4) left, top, width, height inside the frame, and scores (P,), as documented for RT-DETR."""
    import torch

    processor = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil")
    model = transformers.RTDetrForObjectDetection.from_pretrained(folder).eval()
    with torch.no_grad():
        output = model(**processor(images=frame, return_tensors="pt"))
    (found,) = processor.post_process_object_detection(output, threshold=0.0, target_sizes=[frame.shape[:2]])
    people = found["labels"] == PERSON
    x0, y0, x1, y1 = found["boxes"][people].numpy().T
    x0, x1, y0, y1 = x0.clip(0, 90), x1.clip(0, 90), y0.clip(0, 60), y1.clip(0, 60)
    boxes = np.stack([x0, y0, x1 - x0, y1 - y0], axis=1)
    kept = (boxes[:, 2:] >= 2).all(axis=1)
    return boxes[kept], found["scores"][people].numpy()[kept]


def joints_by_hand(transformers, folder, frame, boxes):
    import torch

    processor = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil")
    model = transformers.VitPoseForPoseEstimation.from_pretrained(folder).eval()
    with torch.no_grad():
        output = model(processor(frame, boxes=[boxes], return_tensors="pt")["pixel_values"].float())
    return processor.post_process_pose_estimation(output, boxes=[boxes])[0]


def test_people_as_the_two_networks_give_them_by_hand(pose, transformers, vitpose, rtdetr, frames):
    people = pose.detect(frames)
    assert people.frames == 3 and people.skeleton is COCO_17
    assert 3 < len(people.frame) < 3 * 8  # some of the eight boxes a frame are of bicycles
    for number, frame in enumerate(frames):
        mine = people.frame == number
        boxes, scores = detect_by_hand(transformers, rtdetr, frame)
        np.testing.assert_allclose(people.score[mine], scores, atol=1e-5)
        for row, expected in zip(
            np.flatnonzero(mine), joints_by_hand(transformers, vitpose, frame, boxes), strict=True
        ):
            np.testing.assert_allclose(people.xy[row], expected["keypoints"], atol=1e-2)
            np.testing.assert_allclose(people.confidence[row], expected["scores"].clip(0, 1), atol=1e-4)


def test_it_is_a_pose_estimator(pose, vitpose, rtdetr):
    assert isinstance(pose, PoseEstimator) and pose.name == "vitpose"
    other = HFPose.load(vitpose, rtdetr, COCO_17, least=0.5, runtime=CPU)
    assert pose.identity != other.identity


def test_nobody_detected_is_nobody(vitpose, rtdetr, frames):
    people = HFPose.load(vitpose, rtdetr, COCO_17, least=1.0, runtime=CPU).detect(frames)
    assert people.frames == 3 and people.frame.shape == people.score.shape == (0,)
    assert people.xy.shape == (0, 17, 2) and people.confidence.shape == (0, 17)


def test_no_frames_are_no_people(pose):
    people = pose.detect([])
    assert people.frames == 0 and len(people.frame) == 0


class Brightness:
    """A network that sees every joint where the picture is brightest."""

    config = SimpleNamespace(backbone_config=SimpleNamespace(num_experts=1))

    def __call__(self, pixel_values):
        import torch

        light = torch.nn.functional.avg_pool2d(pixel_values.mean(dim=1, keepdim=True), 4)  # as ViTPose: a quarter
        return SimpleNamespace(heatmaps=torch.sigmoid(4 * (light - 1)).expand(-1, 17, -1, -1))


@pytest.mark.parametrize(
    "boxes", [[[], [(20, 10, 60, 100, 0.9), (100, 40, 50, 70, 0.6)]], [[(100, 40, 50, 70, 0.6)], []]]
)
def test_joints_are_where_they_are_in_the_frame(transformers, boxes):
    """Planted: a bright spot inside each box, in one frame of two; the other is empty."""
    boxes = [np.array(each, dtype=float).reshape(-1, 5) for each in boxes]
    spots = {(20, 10): (45.0, 80.0), (100, 40): (115.0, 61.0)}
    y, x = np.mgrid[:120, :180]
    frames, truth, index = [], [], []
    for number, each in enumerate(boxes):
        light = np.zeros((120, 180))
        for box in each:
            spot = spots[tuple(box[:2])]
            light += 255 * np.exp(-((x - spot[0]) ** 2 + (y - spot[1]) ** 2) / 18)
            truth.append(spot)
            index.append(number)
        frames.append(np.repeat(light.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2))
    detector = SimpleNamespace(boxes=lambda given: boxes)
    processor = transformers.VitPoseImageProcessorPil()
    people = HFPose("p", "i", COCO_17, detector, Brightness(), processor, CPU).detect(frames)
    assert people.frame.tolist() == index
    np.testing.assert_allclose(people.xy, np.repeat(np.array(truth)[:, None], 17, axis=1), atol=1.5)
    np.testing.assert_allclose(people.score, [box[4] for each in boxes for box in each], atol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_finds_people_too(vitpose, rtdetr, frames, dtype):
    people = HFPose.load(vitpose, rtdetr, COCO_17, least=0.0, runtime=Runtime("cpu", dtype)).detect(frames)
    assert len(people.frame) and np.isfinite(people.xy).all()


def test_several_threads_get_what_one_gets(pose, frames):
    alone = [pose.detect([frame]).xy for frame in frames]
    with ThreadPoolExecutor(3) as pool:
        for got, expected in zip(pool.map(lambda frame: pose.detect([frame]).xy, frames), alone, strict=True):
            np.testing.assert_array_equal(got, expected)


def test_mixture_of_experts_uses_the_one_of_coco(transformers, save, rtdetr, frames):
    backbone = transformers.VitPoseBackboneConfig(
        hidden_size=12,
        num_hidden_layers=1,
        num_attention_heads=2,
        image_size=[32, 16],
        patch_size=[8, 8],
        mlp_ratio=2,
        out_indices=[1],
        num_experts=2,
        part_features=4,
    )
    config = transformers.VitPoseConfig(backbone_config=backbone, num_labels=17)
    processor = transformers.VitPoseImageProcessorPil(size={"height": 32, "width": 16})
    folder = save("vitpose-plus", transformers.VitPoseForPoseEstimation, config, processor)
    assert len(HFPose.load(folder, rtdetr, COCO_17, least=0.0, runtime=CPU).detect(frames).frame)


def test_other_networks_are_named(vitpose, rtdetr, videomae, transformers, save):
    with pytest.raises(ArtifactError, match=r"config.json: expected a ViTPose, got rt_detr"):
        HFPose.load(rtdetr, rtdetr, COCO_17, runtime=CPU)
    with pytest.raises(ArtifactError, match="vitpose: expected the 13 joints of penn_13, got 17"):
        HFPose.load(vitpose, rtdetr, PENN_13, runtime=CPU)
    with pytest.raises(ArtifactError, match="videomae: expected a complete model"):
        PersonDetector(videomae, 0.3, CPU)


def test_a_detector_of_other_things_is_refused(rtdetr, tmp_path):
    import json
    import shutil

    folder = shutil.copytree(rtdetr, tmp_path / "animals")
    config = json.loads((folder / "config.json").read_text())
    config |= {"id2label": {"0": "cat", "1": "personal computer", "2": "dog"}}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ArtifactError, match="expected one label 'person' in id2label, got 0"):
        PersonDetector(folder, 0.3, CPU)


def test_frames_of_another_type_are_refused(pose):
    with pytest.raises(ShapeError, match=r"frame: expected \(H, W, 3\) uint8, got \(60, 90, 3\) float64"):
        pose.detect([np.zeros((60, 90, 3))])
