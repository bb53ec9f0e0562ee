"""The other side: the same decoder in plain PyTorch, its operations as one would write them; the same commands."""
import json
import math
import os
import resource
import sys
import time

import torch

folder = sys.argv[1]
with open(os.path.join(folder, "config.json")) as file:
    config = json.load(file)
torch.set_num_threads(1)
ROWS, TOKENS = config["rows"], config["tokens"]
HEADS, KV, DIM = config["heads"], config["kvHeads"], config["headDim"]
GROUP = HEADS // KV
TYPES = {"float32": torch.float32, "int64": torch.int64, "int32": torch.int32}

with open(os.path.join(folder, "tensors.json")) as file:
    places = json.load(file)
with open(os.path.join(folder, "tensors.bin"), "rb") as file:
    content = bytearray(file.read())
tensors = {
    place["name"]: torch.frombuffer(
        content[place["offset"] : place["offset"] + place["bytes"]], dtype=TYPES[place["type"]]
    ).reshape(place["shape"])
    for place in places
}
weights = {place["name"]: tensors[place["name"]].requires_grad_() for place in places if "decay" in place}

frequencies = config["ropeTheta"] ** (-torch.arange(0, DIM, 2, dtype=torch.float64) / DIM)
angles = tensors["positions"].double()[..., None] * frequencies
COS = torch.cat((angles.cos(), angles.cos()), -1).float()[:, None]
SIN = torch.cat((angles.sin(), angles.sin()), -1).float()[:, None]
segments = tensors["segments"]
seen = (segments[:, :, None] == segments[:, None, :]) & torch.ones(TOKENS, TOKENS, dtype=torch.bool).tril()
MASK = torch.where(seen, 0.0, -1e30)[:, None, None]


def norm(x, name):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + config["normEpsilon"]) * weights[name]


def turned(x):
    half = DIM // 2
    return x * COS + torch.cat((-x[..., half:], x[..., :half]), -1) * SIN


def linear(x, name):
    return torch.nn.functional.linear(x, weights[name + ".weight"])


def layer(x, at):
    y = norm(x, at + "input_layernorm.weight")
    heads = lambda part, count: linear(y, at + "self_attn." + part).view(ROWS, TOKENS, count, DIM).transpose(1, 2)
    # The heads of a group along the rows, as Palaver has them: no keys or values are repeated.
    q = turned(heads("q_proj", HEADS)).reshape(ROWS, KV, GROUP * TOKENS, DIM)
    k, v = turned(heads("k_proj", KV)), heads("v_proj", KV)
    scores = (q @ k.transpose(-1, -2) / math.sqrt(DIM)).view(ROWS, KV, GROUP, TOKENS, TOKENS) + MASK
    output = torch.softmax(scores, -1).view(ROWS, KV, GROUP * TOKENS, TOKENS) @ v
    output = output.view(ROWS, HEADS, TOKENS, DIM).transpose(1, 2).reshape(ROWS * TOKENS, HEADS * DIM)
    x = x + linear(output, at + "self_attn.o_proj")
    y = norm(x, at + "post_attention_layernorm.weight")
    gate = torch.nn.functional.silu(linear(y, at + "mlp.gate_proj"))
    return x + linear(gate * linear(y, at + "mlp.up_proj"), at + "mlp.down_proj")


def loss():
    table = weights["model.embed_tokens.weight"]
    x = torch.nn.functional.embedding(tensors["ids"].view(-1), table)
    for index in range(config["layers"]):
        x = layer(x, f"model.layers.{index}.")
    x = norm(x[tensors["label_rows"]], "model.norm.weight")
    losses = torch.nn.functional.cross_entropy(x @ table.t(), tensors["labels"], reduction="none")
    return (losses * tensors["label_weights"]).sum()


optimizer = torch.optim.AdamW(
    [
        {"params": [w for w in weights.values() if w.dim() == 2], "weight_decay": 0.1},
        {"params": [w for w in weights.values() if w.dim() == 1], "weight_decay": 0.0},
    ],
    lr=1e-3,
    betas=(0.9, 0.95),
    eps=1e-8,
)


def blas():
    """The library that multiplies, as the process has it loaded."""
    with open("/proc/self/maps") as maps:
        found = {os.path.realpath(line.split()[-1]) for line in maps if "blas" in line or "mkl" in line}
    kernels = os.environ.get("OPENBLAS_CORETYPE")
    return ", ".join(sorted(os.path.basename(path) for path in found)) + (f" with the kernels of {kernels}" if kernels else "")


def gradients():
    value = loss()
    value.backward()
    offset, found = 0, []
    with open(os.path.join(folder, "pytorch.bin"), "wb") as out:
        for name, weight in weights.items():
            data = weight.grad.contiguous().numpy().tobytes()
            out.write(data)
            found.append({"name": name, "shape": list(weight.shape), "type": "float32", "offset": offset, "bytes": len(data)})
            offset += len(data)
    with open(os.path.join(folder, "pytorch.json"), "w") as out:
        json.dump(found, out)
    optimizer.zero_grad()
    return value.item()


def step():
    started = (time.perf_counter(), time.process_time())
    value = loss()
    value.backward()
    between = (time.perf_counter(), time.process_time())
    torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    ended = (time.perf_counter(), time.process_time())
    part = lambda a, b: {"wall": 1000 * (b[0] - a[0]), "cpu": 1000 * (b[1] - a[1])}
    return {"loss": value.item(), "gradient": part(started, between), "update": part(between, ended)}


commands = {
    "about": lambda: f"PyTorch {torch.__version__}, {blas()}",
    "gradients": gradients,
    "step": step,
    "peak": lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}
for line in sys.stdin:
    print(json.dumps(commands[line.strip()]()), flush=True)
