"""Writes and reads the model folder in Hugging Face's formats."""
import json
import os
import struct
import torch

TEMPLATE = ("{{ bos_token }}{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] | trim + "
            "'<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}")


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, indent=2, ensure_ascii=False)
        f.write("\n")


def write_safetensors(path, weights):
    header, at, blobs = {"__metadata__": {"format": "pt"}}, 0, []
    for name in sorted(weights):
        raw = weights[name].detach().bfloat16().contiguous().view(torch.int16).numpy().tobytes()
        header[name] = {"dtype": "BF16", "shape": list(weights[name].shape), "data_offsets": [at, at + len(raw)]}
        at += len(raw)
        blobs.append(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path + ".part", "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        f.writelines(blobs)
    os.replace(path + ".part", path)


def read_safetensors(path):
    data = bytearray(open(path, "rb").read())
    size = struct.unpack_from("<Q", data)[0]
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    weights = {}
    for name, entry in header.items():
        first, last = (8 + size + x for x in entry["data_offsets"])
        weights[name] = torch.frombuffer(data[first:last], dtype=torch.bfloat16).view(entry["shape"]).float()
    return weights


def write_folder(folder, config, tokenizer, weights):
    os.makedirs(folder, exist_ok=True)
    special = tokenizer.special
    tokenizer.save(os.path.join(folder, "tokenizer.json"))
    write_safetensors(os.path.join(folder, "model.safetensors"), weights)
    write_json(os.path.join(folder, "config.json"), {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", **config,
        "rope_scaling": None, "attention_bias": False, "attention_dropout": 0.0, "mlp_bias": False,
        "tie_word_embeddings": True, "bos_token_id": special["<|begin|>"], "eos_token_id": special["<|end|>"],
        "pad_token_id": special["<|pad|>"], "initializer_range": 0.02, "torch_dtype": "bfloat16", "use_cache": True})
    write_json(os.path.join(folder, "generation_config.json"), {
        "bos_token_id": special["<|begin|>"], "eos_token_id": special["<|end|>"], "pad_token_id": special["<|pad|>"],
        "do_sample": True, "temperature": 0.3, "top_p": 0.9, "max_new_tokens": 96})
    write_json(os.path.join(folder, "tokenizer_config.json"), {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": config["max_position_embeddings"],
        "bos_token": "<|begin|>", "eos_token": "<|end|>", "pad_token": "<|pad|>", "unk_token": None,
        "add_bos_token": False, "add_eos_token": False, "clean_up_tokenization_spaces": False,
        "additional_special_tokens": ["<|system|>", "<|user|>", "<|assistant|>"],
        "added_tokens_decoder": {str(i): {"content": s, "lstrip": False, "normalized": False, "rstrip": False,
                                          "single_word": False, "special": True} for s, i in special.items()},
        "chat_template": TEMPLATE})
