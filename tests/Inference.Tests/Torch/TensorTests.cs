using ProofMesh.Inference.Torch;
using static ProofMesh.Inference.Torch.Binding.torch;

namespace ProofMesh.Inference.Tests.Torch;

/// <summary>Each operation against values worked out by hand, on each device.</summary>
[Collection("torch")]
public sealed class TensorTests
{
    public static TheoryData<string> All => Devices.All();

    [Theory]
    [MemberData(nameof(All))]
    public void Creation(string where)
    {
        using var scope = NewDisposeScope();
        var on = device(where);
        Same([0, 0, 0, 0], [2, 2], zeros([2, 2], device: on));
        Same([7, 7], [2], full([2], 7f, device: on));
        Assert.Equal(int64, arange(3, device: on).dtype);
        Same([1, 1.5f], [2], arange(1, 2, 0.5, device: on));
        var tensor = torch.tensor([1f, 2, 3, 4, 5, 6], [2, 3], device: on);
        Assert.Equal([2L, 3L], tensor.shape);
        Assert.Equal((6L, 2L, on.type), (tensor.numel(), tensor.ndim, tensor.device.type));
        Assert.Equal([3L, 1L], tensor.stride());
        Assert.Equal(6f, tensor.select(0, 1).select(0, 2).item<float>());
        Assert.Equal(2L, torch.tensor([1L, 2], device: on).select(0, 1).item<long>());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Arithmetic(string where)
    {
        using var scope = NewDisposeScope();
        var x = torch.tensor([1f, 4], device: device(where));
        Same([2, 8], [2], x + x);
        Same([0, 3], [2], x - 1);
        Same([1, 16], [2], x * x);
        Same([0.5f, 2], [2], x / 2);
        Same([-1, -4], [2], -x);
        Same([1, 0.5f], [2], x.rsqrt());
        Same([1, 2], [2], x.sqrt());
        Same([1, 64], [2], x.pow(3));
        Same([2.7182817f, 54.59815f], [2], x.exp());
        Same([0.7310586f, 0.98201376f], [2], x.sigmoid());
        Same([0.7310586f, 3.928055f], [2], nn.functional.silu(x));
        Same([0.5403023f, -0.6536436f], [2], x.cos());
        Same([0.8414710f, -0.7568025f], [2], x.sin());
        Assert.Equal(int64, (arange(2, device: x.device) + 1).dtype);
        Same([2, 8], [2], x.clone().add_(x));
        Same([1, 16], [2], x.clone().mul_(x));
        Same([0.7310586f, 3.928055f], [2], nn.functional.silu(x.clone(), inplace: true));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Products(string where)
    {
        using var scope = NewDisposeScope();
        var a = torch.tensor([1f, 2, 3, 4], [2, 2], device: device(where));
        var v = torch.tensor([1f, -1], device: device(where));
        Same([7, 10, 15, 22], [2, 2], matmul(a, a));
        Same([-1, -1], [2], mv(a, v));
        Same([1, -1, -1, 1], [2, 2], outer(v, v));
        Same([5, 11, 11, 25], [2, 2], nn.functional.linear(a, a));
        Same([6, 10, 12, 24], [2, 2], nn.functional.linear(a, a, v));
        Same([7, 10, 15, 22], [1, 2, 2], bmm(a.unsqueeze(0), a.unsqueeze(0)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Reductions(string where)
    {
        using var scope = NewDisposeScope();
        var a = torch.tensor([1f, 2, 3, 5], [2, 2], device: device(where));
        Same([4, 7], [2], a.sum([0]));
        Same([1.5f, 4], [2, 1], a.mean([-1], keepdim: true));
        Same([0.26894143f, 0.7310586f, 0.11920292f, 0.880797f], [2, 2], a.softmax(-1));
        Same([-1.3132616f, -0.3132617f, -2.126928f, -0.126928f], [2, 2], a.log_softmax(-1));
        Assert.Equal([1L, 1L], a.argmax(-1).cpu().data<long>().ToArray());
        var (values, indexes) = a.view(4).topk(2);
        Same([5, 3], [2], values);
        Assert.Equal([3L, 2L], indexes.cpu().data<long>().ToArray());
        Assert.Equal(5f, a.max().item<float>());
        Assert.True(a.allclose(a + 1e-7));
        Assert.False(a.allclose(a + 1e-3));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Shapes(string where)
    {
        using var scope = NewDisposeScope();
        var a = arange(6, float32, device(where)).view(2, 3);
        Same([0, 3, 1, 4, 2, 5], [3, 2], a.t());
        Assert.False(a.t().is_contiguous());
        Same([0, 3, 1, 4, 2, 5], [6], a.t().reshape(6));
        Same([1, 2, 4, 5], [2, 2], a.narrow(1, 1, 2));
        Same([0, 2, 3, 5], [2, 2], a.slice(1, 0, 99, 2));
        Same([0, 1, 2, 0, 1, 2], [2, 3], a.select(0, 0).unsqueeze(0).expand(2, 3));
        Same([0, 1, 2, 3, 4, 5], [1, 3, 2], a.view(3, 2, 1).permute(2, 0, 1));
        Same([0, 1, 2, 3, 4, 5, 0, 1, 2], [3, 3], cat([a, a.narrow(0, 0, 1)]));
        Same([0, 1, 2, 0, 1, 2], [2, 3], stack([a.select(0, 0), a.select(0, 0)]));
        Same([2, 1], [1, 2], a.split([1, 1])[0].index_select(1, torch.tensor([2L, 1], device: a.device)));
        Same([0, 1, 2], [1, 3], a.split([1, 1])[0]);
        Same([0, 1, 2, 0, 4, 5], [2, 3], a.triu());
        Same([0, 0, 0, 3, 4, 0], [2, 3], a.tril());
        Same([9, 1, 2, 3, 4, 5], [2, 3], a.masked_fill(a.eq(0), 9));
        Same([0, 1, 2, 3, 4, 5], [2, 3, 1], a.unsqueeze(2));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Rows_are_gathered_and_scattered(string where)
    {
        using var scope = NewDisposeScope();
        var on = device(where);
        var table = arange(6, float32, on).view(3, 2);
        Same([4, 5, 0, 1], [2, 2], nn.functional.embedding(torch.tensor([2L, 0], device: on), table));
        var index = torch.tensor([2L, 0], device: on);
        Same([3, 4, 2, 3, 1, 2], [3, 2], table.clone().index_copy_(0, index, torch.tensor([1f, 2, 3, 4], [2, 2], device: on)));
        Same([9, 9, 2, 3, 4, 5], [3, 2], Filled(table.clone()));

        Tensor Filled(Tensor target)
        {
            target.narrow(0, 0, 1).copy_(full([1, 2], 9f, device: on));
            return target;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Attention_is_its_definition(string where)
    {
        using var scope = NewDisposeScope();
        var on = device(where);
        manual_seed(1);
        var (q, k, v) = (randn([2, 3, 5, 8], device: on), randn([2, 3, 5, 8], device: on), randn([2, 3, 5, 8], device: on));
        var scores = matmul(q, k.transpose(-2, -1)) / Math.Sqrt(8);
        var later = ones([5, 5], torch.@bool, on).triu(1);
        var expected = matmul(scores.masked_fill(later, double.NegativeInfinity).softmax(-1), v);
        Assert.True(allclose(expected, nn.functional.scaled_dot_product_attention(q, k, v, is_casual: true), atol: 1e-5));
        Assert.True(allclose(expected, nn.functional.scaled_dot_product_attention(q, k, v, later.eq(0)), atol: 1e-5));
        var weights = zeros([5, 5], device: on).masked_fill(later, double.NegativeInfinity);
        Assert.True(allclose(expected, nn.functional.scaled_dot_product_attention(q, k, v, weights), atol: 1e-5));
        Assert.True(allclose(matmul(scores.softmax(-1), v), nn.functional.scaled_dot_product_attention(q, k, v), atol: 1e-5));
    }

    [Theory]
    [InlineData("BFloat16", 2, 1.0078125f)]
    [InlineData("Float16", 2, 1.0097656f)]
    [InlineData("Float64", 8, 1.01f)]
    public void Types_round_as_they_should(string name, int size, float expected)
    {
        var type = Enum.Parse<ScalarType>(name);
        using var scope = NewDisposeScope();
        var tensor = torch.tensor([1.01f], dtype: type);
        Assert.Equal((type, size, expected), (tensor.dtype, tensor.bytes.Length, tensor.to(float32).item<float>()));
    }

    private static void Same(float[] values, long[] shape, Tensor actual)
    {
        Assert.Equal(shape, actual.shape);
        var found = actual.to(float32).cpu().contiguous().data<float>().ToArray();
        for (var i = 0; i < values.Length; i++) Assert.Equal(values[i], found[i], 1e-5f * Math.Max(1, Math.Abs(values[i])));
    }
}
