using ProofMesh.Inference.Torch;

namespace ProofMesh.Inference.Tests.Torch;

[Collection("torch")]
public sealed class RefusalTests
{
    [Fact]
    public void Shapes_that_do_not_multiply_are_refused_with_the_shapes()
    {
        using var scope = torch.NewDisposeScope();
        var a = torch.ones([2, 3]);
        var fault = Assert.Throws<TorchException>(() => torch.matmul(a, a));
        Assert.Contains("2x3", fault.Message, StringComparison.Ordinal);
        Assert.False(fault.OutOfMemory);
    }

    [Fact]
    public void A_message_has_no_native_stack_trace()
    {
        using var scope = torch.NewDisposeScope();
        var fault = Assert.Throws<TorchException>(() => torch.ones([2]).view(3));
        Assert.DoesNotContain("frame #", fault.Message, StringComparison.Ordinal);
        Assert.Contains("shape '[3]' is invalid", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_thread_has_its_own_message()
    {
        var messages = new string[8];
        Parallel.For(0, messages.Length, i =>
        {
            using var scope = torch.NewDisposeScope();
            messages[i] = Assert.Throws<TorchException>(() => torch.ones([2]).view(100 + i)).Message;
        });
        for (var i = 0; i < messages.Length; i++) Assert.Contains($"[{100 + i}]", messages[i], StringComparison.Ordinal);
    }

    [Fact]
    public void Index_copy_outside_the_tensor_is_refused()
    {
        using var scope = torch.NewDisposeScope();
        var cache = torch.zeros([4, 2]);
        Assert.Throws<TorchException>(() => cache.index_copy_(0, torch.tensor(new long[] { 4 }), torch.ones([1, 2])));
        Assert.Throws<TorchException>(() => cache.narrow(0, 3, 2));
        Assert.Throws<TorchException>(() => torch.nn.functional.embedding(torch.tensor(new long[] { 9 }), cache));
    }

    [Fact]
    public void More_memory_than_there_is_is_refused() =>
        Assert.Contains("memory", Assert.Throws<TorchException>(() => torch.empty([1L << 52])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_device_that_is_not_there_is_refused() =>
        Assert.Throws<TorchException>(() => torch.empty([1], device: torch.device($"cuda:{torch.cuda.device_count()}")));

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:0:1")]
    public void A_device_that_cannot_be_read_is_refused(string description) =>
        Assert.Throws<ArgumentException>(() => torch.device(description));

    [Fact]
    public void A_disposed_tensor_is_refused()
    {
        var tensor = torch.ones([1]);
        tensor.Dispose();
        tensor.Dispose();
        Assert.Throws<ObjectDisposedException>(tensor.neg);
    }

    [Fact]
    public void Bytes_are_refused_where_they_do_not_lie_in_a_row()
    {
        using var scope = torch.NewDisposeScope();
        var tensor = torch.ones([2, 3]);
        Assert.Contains("contiguous", Assert.Throws<TorchException>(() => tensor.t().bytes.Length).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => tensor.bytes = new byte[23]);
    }

    [Fact]
    public void A_mask_and_causality_exclude_each_other()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.ones([1, 2, 4]);
        Assert.Throws<TorchException>(() => torch.nn.functional.scaled_dot_product_attention(x, x, x, torch.ones([2, 2]), is_casual: true));
    }
}
