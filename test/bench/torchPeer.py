"""The PyTorch side of the benchmarks: torchPeer.py PATH.gguf, then one JSON request a line, one JSON answer a line.

The requests are TorchRequest in torchPeer.ts. The model is loaded as fixtures/make loads it for the golden numbers.
"""

import base64
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "fixtures" / "make"))

import torch  # noqa: E402
from ggufLlama import load  # noqa: E402
from transformers import AutoConfig, AutoModelForCausalLM, DynamicCache  # noqa: E402


def answer(value: dict) -> None:
    print(json.dumps(value), flush=True)


def milliseconds(call):
    start = time.perf_counter()
    result = call()
    return 1000 * (time.perf_counter() - start), result


def forward(model, request):
    model.set_attn_implementation(request["attention"])
    ids = torch.tensor(request["ids"])
    ms, out = milliseconds(lambda: model(ids, use_cache=False, logits_to_keep=request["keep"]))
    if not request.get("logits"):
        return {"ms": ms}
    return {"ms": ms, "logits": base64.b64encode(out.logits.float().numpy().tobytes()).decode()}


def ablate_head(model, request):
    width = model.config.head_dim
    head = request["head"]
    ids = torch.tensor(request["ids"])

    def zero(module, args):
        z = args[0].clone()
        z[..., head * width : (head + 1) * width] = 0
        return (z,)

    handle = model.model.layers[request["layer"]].self_attn.o_proj.register_forward_pre_hook(zero)
    ms, _ = milliseconds(lambda: model(ids, use_cache=False))
    handle.remove()
    return {"ms": ms}


def gradients(model, request):
    model.set_attn_implementation(request["attention"])
    zs = []
    handles = [
        layer.self_attn.o_proj.register_forward_pre_hook(lambda _, args: zs.append(args[0])) for layer in model.model.layers
    ]
    with torch.inference_mode(False), torch.enable_grad():
        ids, answers, wrong = (torch.tensor(request[name]) for name in ("ids", "answers", "wrong"))
        rows = torch.arange(len(ids))

        def run():
            zs.clear()
            # The weights need no gradient; what the embedding gives does.
            embedded = model.model.embed_tokens(ids).detach().requires_grad_()
            logits = model(inputs_embeds=embedded, use_cache=False, logits_to_keep=1).logits[:, -1]
            return torch.autograd.grad((logits[rows, answers] - logits[rows, wrong]).sum(), zs)

        ms, found = milliseconds(run)
        heads = model.config.num_attention_heads
        sums = [(z * g).unflatten(-1, (heads, -1)).sum((0, 1, 3)) for z, g in zip(zs, found)]
    for handle in handles:
        handle.remove()
    return {"ms": ms, "gradients": torch.cat(sums).tolist()}


trained = {}


def train_step(_, request):
    key = json.dumps(request["config"], sort_keys=True)
    with torch.inference_mode(False), torch.enable_grad():
        if key not in trained:
            config = AutoConfig.for_model(**request["config"])
            made = AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation="sdpa")
            trained[key] = (made, torch.optim.AdamW(made.parameters(), lr=1e-3, betas=(0.9, 0.98), weight_decay=0.05))
        made, optimiser = trained[key]
        shape = (request["rows"], request["length"])
        ids = torch.randint(0, made.config.vocab_size, shape)
        weights = torch.ones(shape)

        def step():
            optimiser.zero_grad()
            logits = made(ids, use_cache=False).logits
            each = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids.flatten(), reduction="none")
            ((each * weights.flatten()).sum() / weights.sum()).backward()
            torch.nn.utils.clip_grad_norm_(made.parameters(), 1.0)
            optimiser.step()

        ms, _ = milliseconds(step)
    return {"ms": ms}


dictionaries = {}


def pursuit_step(_, request):
    """A training step of matching pursuit as its public PyTorch code writes it: T rounds of products, maximum, projection.

    `dense` is the form of the paper's repository: coefficients stand in a [B F] matrix, and each round multiplies all of it.
    `gathered` is SAELens': picks without gradient, coefficients from the picked rows alone.
    """
    rows, width, features = request["rows"], request["width"], request["features"]
    with torch.inference_mode(False), torch.enable_grad():
        key = (request["form"], rows, width, features)
        if key not in dictionaries:
            atoms = torch.nn.functional.normalize(torch.randn(features, width), dim=1)
            weights = [torch.nn.Parameter(atoms), torch.nn.Parameter(torch.zeros(width))]
            dictionaries[key] = (weights, torch.optim.Adam(weights, lr=1e-3), torch.randn(rows, width))
        (atoms, bias), optimiser, x = dictionaries[key]

        def dense_round(residual):
            values, picks = torch.relu(residual @ atoms.T).max(dim=1, keepdim=True)
            codes = torch.zeros(rows, features).scatter(1, picks, values)
            return residual - codes @ atoms

        def gathered_round(residual):
            with torch.no_grad():
                picks = (residual @ atoms.T).relu().max(dim=1).indices
            picked = atoms[picks]
            return residual - (residual * picked).sum(-1, keepdim=True).relu() * picked

        each = dense_round if request["form"] == "dense" else gathered_round

        def step():
            optimiser.zero_grad()
            residual = x - bias
            for _ in range(request["steps"]):
                residual = each(residual)
            residual.square().sum(-1).mean().backward()
            torch.nn.utils.clip_grad_norm_([atoms, bias], 1.0)
            optimiser.step()
            with torch.no_grad():
                atoms.div_(atoms.norm(dim=1, keepdim=True).clamp(min=1))

        ms, _ = milliseconds(step)
    return {"ms": ms}


def dictionary_step(_, request):
    """A training step of a dictionary with a linear encoder: loss, gradient, clipping, Adam, unit rows where the kind has them.

    Codes are dense [B F], as in SAELens: ReLU, or the k largest of each row (topK) or k B of the batch (batchTopK).
    `offset` is what the encoder's bias starts at.
    """
    kind, k, offset, rows, width, features = (
        request[name] for name in ("kind", "k", "offset", "rows", "width", "features")
    )
    with torch.inference_mode(False), torch.enable_grad():
        key = (kind, offset, rows, width, features)
        if key not in dictionaries:
            atoms = torch.nn.functional.normalize(torch.randn(features, width), dim=1)
            weights = [torch.nn.Parameter(w) for w in (atoms.T.clone(), torch.full((features,), float(offset)), atoms, torch.zeros(width))]
            dictionaries[key] = (weights, torch.optim.Adam(weights, lr=3e-4), torch.randn(rows, width))
        weights, optimiser, x = dictionaries[key]
        encoder, encoder_bias, atoms, bias = weights

        def codes_of(p):
            if kind == "topK":
                values, places = p.topk(k, dim=1)
                return torch.zeros_like(p).scatter(1, places, values.relu())
            if kind == "batchTopK":
                values, places = p.flatten().topk(k * rows)
                return torch.zeros(rows * features).scatter(0, places, values.relu()).view(rows, features)
            return p.relu()

        def step():
            optimiser.zero_grad()
            codes = codes_of((x - bias) @ encoder + encoder_bias)
            error = (codes @ atoms + bias - x).square().sum(-1).mean()
            if kind == "standard":
                loss = error + 5 * (codes * atoms.norm(dim=1)).sum(-1).mean()
            else:
                loss = error / (x - x.mean(0)).square().sum(-1).mean()
            loss.backward()
            if kind != "standard":
                with torch.no_grad():
                    along = (atoms.grad * atoms).sum(1, keepdim=True)
                    atoms.grad.sub_(along * atoms)
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimiser.step()
            if kind != "standard":
                with torch.no_grad():
                    atoms.div_(atoms.norm(dim=1, keepdim=True))

        ms, _ = milliseconds(step)
    return {"ms": ms}


def decode(model, request):
    model.set_attn_implementation(request["attention"])
    cache = DynamicCache(config=model.config)
    step = lambda ids: model(ids, past_key_values=cache, logits_to_keep=1).logits[:, -1:].argmax(-1)
    prefill, next_id = milliseconds(lambda: step(torch.tensor([request["ids"]])))

    def tokens():
        current = next_id
        for _ in range(request["tokens"]):
            current = step(current)

    ms, _ = milliseconds(tokens)
    return {"ms": ms, "prefillMs": prefill}


def main() -> None:
    torch.set_num_threads(min(2, os.cpu_count() or 1))
    seconds, model = milliseconds(lambda: load(Path(sys.argv[1])))
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    does = {
        "forward": forward,
        "ablateHead": ablate_head,
        "gradients": gradients,
        "trainStep": train_step,
        "pursuitStep": pursuit_step,
        "dictionaryStep": dictionary_step,
        "decode": decode,
    }
    with torch.inference_mode():
        answer({"torch": torch.__version__, "threads": torch.get_num_threads(), "openSeconds": round(seconds / 1000, 2)})
        for line in sys.stdin:
            request = json.loads(line)
            answer(does[request["do"]](model, request))


if __name__ == "__main__":
    main()
