using System.Runtime.InteropServices;

namespace ProofMesh.Inference.Torch;

/// <summary>The decoder in libtorch's operations.</summary>
internal sealed class TorchForward(ModelConfig config, TorchModel model, TorchCache cache, RotaryTable rotary)
{
    private static readonly long[] LastDimension = [-1];

    private readonly int _group = config.Heads / config.KeyValueHeads;

    /// <param name="past">Tokens of the batch's sequences that were computed but aren't counted in their lengths yet.</param>
    public void Run(ReadOnlySpan<SequenceStep> batch, Span<float> logits, int past)
    {
        using var scope = torch.NewDisposeScope();
        var step = new TorchStep(config, model, rotary, batch, past);
        var x = model.Embedding.index_select(0, step.Tokens).to(torch.float32);
        for (var i = 0; i < model.Layers.Count; i++)
        {
            using var layerScope = torch.NewDisposeScope();
            var layer = model.Layers[i];
            x.add_(Attention(Norm(x, layer.InputNorm).to(model.Type), layer, i, step));
            x.add_(FeedForward(Norm(x, layer.PostNorm).to(model.Type), layer));
        }
        if (step.RowCount > 0) Head(step.Rows is null ? x : x.index_select(0, step.Rows), logits);
    }

    // x: [rows, hidden] → logits: [rows, vocabulary]
    private void Head(torch.Tensor x, Span<float> logits)
    {
        var answer = Linear(Norm(x, model.FinalNorm), model.Head, null).cpu();
        MemoryMarshal.Cast<byte, float>(answer.contiguous().bytes).CopyTo(logits);
    }

    // x: [tokens, hidden] → [tokens, hidden]
    private torch.Tensor Attention(torch.Tensor x, TorchLayer layer, int index, TorchStep step)
    {
        var tokens = x.size(0);
        var turning = config.Heads + config.KeyValueHeads;
        var all = Linear(x, layer.QueryKeyValue, layer.QueryKeyValueBias).view(tokens, turning + config.KeyValueHeads, config.HeadSize);
        var turned = all.narrow(1, 0, turning);
        if (layer.QueryKeyNorm is { } norm) turned = Norm(turned.to(torch.float32), norm);
        turned = Rotate(turned, step).to(model.Type);
        var queries = turned.narrow(1, 0, config.Heads);
        var keys = turned.narrow(1, config.Heads, config.KeyValueHeads);
        var values = all.narrow(1, turning, config.KeyValueHeads);

        var answers = new List<torch.Tensor>(step.Spans.Count);
        foreach (var span in step.Spans)
        {
            var (allKeys, allValues) = cache.Append(index, span, Rows(keys, span), Rows(values, span));
            answers.Add(Attend(Rows(queries, span), allKeys, allValues, span));
        }
        return Linear(answers.Count == 1 ? answers[0] : torch.cat(answers), layer.Output, layer.OutputBias);
    }

    // queries: [count, heads, head size], keys and values: [1, key-value heads, length, head size] → [count, query size]
    private torch.Tensor Attend(torch.Tensor queries, torch.Tensor keys, torch.Tensor values, TorchSpan span)
    {
        var grouped = queries.reshape(span.Count, config.KeyValueHeads, _group, config.HeadSize).permute(1, 2, 0, 3)
            .reshape(1, config.KeyValueHeads, _group * span.Count, config.HeadSize);
        return torch.nn.functional.scaled_dot_product_attention(grouped, keys, values, span.Mask)
            .reshape(config.KeyValueHeads, _group, span.Count, config.HeadSize).permute(2, 0, 1, 3).reshape(span.Count, config.QuerySize);
    }

    // x: [tokens, hidden] → [tokens, hidden]
    private torch.Tensor FeedForward(torch.Tensor x, TorchLayer layer)
    {
        var both = Linear(x, layer.GateUp, null);
        var gate = torch.nn.functional.silu(both.narrow(1, 0, config.Intermediate));
        return Linear(gate.mul_(both.narrow(1, config.Intermediate, config.Intermediate)), layer.Down, null);
    }

    // x: [..., width] of float32, weight: broadcast to it
    private torch.Tensor Norm(torch.Tensor x, torch.Tensor weight) =>
        (x * (x.square().mean(LastDimension, keepdim: true) + config.NormEpsilon).rsqrt()).mul_(weight);

    // heads: [tokens, heads, head size] → the same in float32; dimension i turns with i + half
    private torch.Tensor Rotate(torch.Tensor heads, TorchStep step)
    {
        var half = config.HeadSize / 2;
        List<torch.Tensor> halves = [heads.narrow(2, half, half), heads.narrow(2, 0, half)];
        var swapped = torch.cat(halves, 2);
        return (heads * step.Cosine).add_(swapped * step.Sine);
    }

    // The matrix kernels copy the whole matrix into another order first, which takes as long as two or three products
    // with a vector: one or two rows are faster row by row.
    private torch.Tensor Linear(torch.Tensor x, torch.Tensor weight, torch.Tensor? bias)
    {
        if (x.size(0) > 2 || weight.dtype != torch.float32 || model.Device.type != DeviceType.CPU)
            return torch.nn.functional.linear(x, weight, bias);
        var product = x.size(0) == 1 ? torch.mv(weight, x.view(-1)).unsqueeze(0) : TwoRows(x, weight);
        return bias is null ? product : product.add_(bias);
    }

    private static torch.Tensor TwoRows(torch.Tensor x, torch.Tensor weight)
    {
        List<torch.Tensor> rows = [torch.mv(weight, x.select(0, 0)), torch.mv(weight, x.select(0, 1))];
        return torch.stack(rows);
    }

    private static torch.Tensor Rows(torch.Tensor tensor, TorchSpan span) => tensor.narrow(0, span.Start, span.Count);
}
