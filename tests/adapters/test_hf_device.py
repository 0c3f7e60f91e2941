import numpy as np
import pytest

from dance_xai.adapters.torch_device import Runtime, choose_device, choose_dtype
from dance_xai.errors import ConfigError, DataError

torch = pytest.importorskip("torch", reason="torch is not installed (extra hf)")
CPU = Runtime(device="cpu")


def test_the_best_device_that_is_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert choose_device() == torch.device("cpu")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device() == torch.device("mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device() == torch.device("cuda") and choose_device("cuda:1") == torch.device("cuda", 1)
    with pytest.raises(ConfigError, match="expected one that is available, got 'cuda:2'"):
        choose_device("cuda:2")


@pytest.mark.parametrize("device", ["gpu", "cuda:", "cpu:x", "", "tpu"])
def test_an_unknown_device_is_named(device):
    with pytest.raises(ConfigError, match="device: expected"):
        choose_device(device) if device != "cuda:" else choose_device("cuda:one")


def test_number_formats():
    assert choose_dtype("auto", torch.device("cpu")) is torch.float32
    assert choose_dtype("auto", torch.device("cuda")) is torch.float16
    assert choose_dtype("bfloat16", torch.device("cpu")) is torch.bfloat16
    with pytest.raises(ConfigError, match="dtype: expected auto or one of float32, float16, bfloat16, got 'int8'"):
        choose_dtype("int8", torch.device("cpu"))


@pytest.mark.parametrize("settings", [{"batch_size": 0}, {"threads": -1}])
def test_settings_that_mean_nothing_are_refused(settings):
    with pytest.raises(ConfigError, match="expected 1 or more, got"):
        Runtime(**settings)


class Small:
    """Doubles its input, and runs out of memory above ``limit`` rows."""

    def __init__(self, limit, error=None):
        self.limit = limit
        self.error = error or torch.cuda.OutOfMemoryError("CUDA out of memory")
        self.sizes = []

    def __call__(self, rows):
        self.sizes.append(len(rows))
        if len(rows) > self.limit:
            raise self.error
        return rows * 2


@pytest.mark.parametrize(
    "error",
    [
        None,
        RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory"),
        MemoryError(),
    ],
)
def test_batches_are_halved_until_they_fit(error):
    rows = np.arange(23, dtype=np.float32)[:, None]
    network = Small(3, error)
    result = Runtime(device="cpu", batch_size=16).run(network, rows)
    np.testing.assert_array_equal(result, rows * 2)
    assert network.sizes[:5] == [16, 8, 4, 2, 2] and result.dtype == np.float32


def test_one_row_that_does_not_fit_is_an_error():
    with pytest.raises(DataError, match="expected one item to fit the memory of cpu, got out of memory"):
        CPU.run(Small(0), np.zeros((4, 1), np.float32))


def test_the_batch_size_follows_from_the_memory():
    network = Small(99)
    CPU.run(network, np.zeros((200, 1), np.float32))
    assert max(network.sizes) == 64  # tiny rows: the largest batch
    network = Small(99)
    CPU.run(network, np.zeros((20, 1 << 20), np.float32))  # 4 MiB a row, 64 times that at work, 2 GiB in all
    assert max(network.sizes) == 8


def test_inference_keeps_no_gradients_and_leaves_threads_alone():
    before, seen = torch.get_num_threads(), []

    def network(rows):
        seen.append((torch.is_inference_mode_enabled(), torch.get_num_threads()))
        return rows

    CPU.run(network, np.zeros((1, 1), np.float32))
    Runtime(device="cpu", threads=before + 1).run(network, np.zeros((1, 1), np.float32))
    assert seen == [(True, before), (True, before + 1)] and torch.get_num_threads() == before


def test_floats_arrive_in_the_chosen_format_and_integers_as_they_are():
    seen = []

    def network(numbers, ids):
        seen.extend([numbers.dtype, ids.dtype])
        return numbers

    result = Runtime(device="cpu", dtype="bfloat16").run(
        network, np.ones((2, 1), np.float32), np.ones((2, 1), np.int64)
    )
    assert seen == [torch.bfloat16, torch.int64] and result.dtype == np.float32


def test_overflow_is_an_error_that_names_the_cure():
    rows = np.full((1, 1), 60000, np.float32)
    with pytest.raises(DataError, match="expected finite numbers in float16, got NaN or infinity; use dtype bfloat16"):
        Runtime(device="cpu", dtype="float16").run(lambda x: x * 2, rows)
    assert np.isfinite(CPU.run(lambda x: x * 2, rows)).all()


def test_other_errors_of_a_network_are_one_line():
    def network(rows):
        raise ValueError("a\nb")

    with pytest.raises(DataError, match=r"network input: expected .* got \(1, 1\): a b; check"):
        CPU.run(network, np.zeros((1, 1), np.float32))
    with pytest.raises(DataError, match="batch: expected at least one"):
        CPU.run(network, np.zeros((0, 1), np.float32))
