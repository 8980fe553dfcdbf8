"""Images per second of a TorchScript embedder in PyTorch, frozen and optimized for inference.

The yardstick of EmbeddingBenchmark: the network alone on ready tensors, two threads, no decoding.
Usage: python3 src/bench/pytorch_yardstick.py MODEL.pt [BATCH]
"""
import sys
import time

import torch

torch.set_num_threads(2)
batch = int(sys.argv[2]) if len(sys.argv) > 2 else 16
eager = torch.jit.load(sys.argv[1]).eval()
optimized = torch.jit.optimize_for_inference(torch.jit.freeze(eager))
images = torch.randn(batch, 3, 224, 224) * 50
with torch.no_grad():
    for name, network in (("as loaded", eager), ("frozen and optimized", optimized)):
        for _ in range(3):
            network(images)
        rates = []
        for _ in range(8):
            start = time.perf_counter()
            network(images)
            rates.append(batch / (time.perf_counter() - start))
        print(f"PyTorch {torch.__version__}, {name}: {sorted(rates)[4]:.2f} images/s")
