"""A detector and an RTMPose small enough to be written down: what they see decides what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np

SIDE = 64
WIDTH, HEIGHT = 48, 64
RED, BLUE = (0, 2)
BOX = (16.0, 8.0, 40.0, 40.0)
"""Left, top, right, bottom in the detector's input."""


def save(path: Path, nodes, inputs, outputs, **constants) -> Path:
    import onnx

    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    value = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape) for name, shape in outputs]
    given = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape) for name, shape in inputs]
    tensors = [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()]
    steps = [helper.make_node(op, ins.split(), outs.split(), **more) for op, ins, outs, more in nodes]
    graph = helper.make_graph(steps, path.stem, given, value, tensors)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    return path


def detector(path: Path, boxes=(BOX,), factors=(1.0,), labels=None, mean=0.0, std=1.0) -> Path:
    """Finds the boxes, as sure as the brightest pixel of the first channel is bright."""
    n = len(boxes)
    nodes = [
        ("Slice", "x zero one channel", "first", {}),
        ("ReduceMax", "first", "brightest", {"axes": [1, 2, 3], "keepdims": 0}),
        ("Mul", "brightest std", "unscaled", {}),
        ("Add", "unscaled mean", "light", {}),
        ("Mul", "factors light", "scores", {}),
        ("Concat", "boxes scores", "dets", {"axis": 2}),
    ]
    outputs = [("dets", [1, n, 5])]
    constants = {
        "zero": np.array([0]),
        "one": np.array([1]),
        "channel": np.array([1]),
        "boxes": np.array([boxes], dtype=np.float32).reshape(1, n, 4),
        "factors": np.array([factors], dtype=np.float32).reshape(1, n, 1) / 255,
        "std": np.float32(std),
        "mean": np.float32(mean),
    }
    if labels is not None:
        nodes.append(("Identity", "kinds", "labels", {}))
        outputs.append(("labels", [1, n]))
        constants["kinds"] = np.array([labels], dtype=np.float32)
    return save(path, nodes, [("x", [1, 3, SIDE, SIDE])], outputs, **constants)


def pose(path: Path, joints: int = 17) -> Path:
    """Sees every joint at the brightest pixel of the first channel, as sure as it is bright."""
    nodes = [
        ("Slice", "x zero one channel", "first", {}),
        ("Mul", "first std", "unscaled", {}),
        ("Add", "unscaled mean", "light", {}),
    ]
    for axis, reduced in {"x": 2, "y": 3}.items():
        nodes += [
            ("ReduceMax", "light", f"line_{axis}", {"axes": [1, reduced], "keepdims": 0}),
            ("Reshape", f"line_{axis} column_{axis}", f"points_{axis}", {}),
            ("Expand", f"points_{axis} twice_{axis}", f"pairs_{axis}", {}),
            ("Reshape", f"pairs_{axis} row_{axis}", f"flat_{axis}", {}),
            ("Expand", f"flat_{axis} all_{axis}", f"simcc_{axis}", {}),
        ]
    sizes = {"x": WIDTH, "y": HEIGHT}
    constants = {
        "zero": np.array([0]),
        "one": np.array([1]),
        "channel": np.array([1]),
        "std": np.float32(58.395 / 255),
        "mean": np.float32(123.675 / 255),
        **{f"column_{a}": np.array([1, n, 1]) for a, n in sizes.items()},
        **{f"twice_{a}": np.array([1, n, 2]) for a, n in sizes.items()},
        **{f"row_{a}": np.array([1, 1, 2 * n]) for a, n in sizes.items()},
        **{f"all_{a}": np.array([1, joints, 2 * n]) for a, n in sizes.items()},
    }
    outputs = [(f"simcc_{axis}", [1, joints, 2 * size]) for axis, size in sizes.items()]
    return save(path, nodes, [("x", [1, 3, HEIGHT, WIDTH])], outputs, **constants)


def frame(red=(), blue=(), size=(128, 128), light=255) -> np.ndarray:
    """Black, with spots of 7 x 7 pixels at the given (x, y)."""
    picture = np.zeros((*size, 3), dtype=np.uint8)
    for channel, spots in ((RED, red), (BLUE, blue)):
        for x, y in spots:
            picture[y - 3 : y + 4, x - 3 : x + 4, channel] = light
    return picture
