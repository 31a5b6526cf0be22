using ProofMesh.Inference.Torch;

namespace ProofMesh.Inference.Tests.Torch;

[Collection("torch")]
public sealed class DisposeScopeTests
{
    [Fact]
    public void Scopes_that_end_out_of_order_are_refused()
    {
        var outer = torch.NewDisposeScope();
        var inner = torch.NewDisposeScope();
        Assert.Throws<InvalidOperationException>(outer.Dispose);
        inner.Dispose();
        outer.Dispose();
    }

    [Fact]
    public void A_scope_frees_what_was_made_in_it()
    {
        var before = Native.pm_live_handles();
        using (torch.NewDisposeScope())
        {
            var x = torch.ones([4, 4]);
            var y = (x + 1) * x.t() - x.sum([0]);
            _ = y.topk(2);
            Assert.True(Native.pm_live_handles() > before + 5);
        }
        Assert.Equal(before, Native.pm_live_handles());
    }

    [Fact]
    public void An_operation_that_fails_leaves_nothing_behind()
    {
        var before = Native.pm_live_handles();
        using (torch.NewDisposeScope())
            Assert.Throws<TorchException>(() => torch.cat([torch.ones([2, 3]), torch.ones([2, 4])]));
        Assert.Equal(before, Native.pm_live_handles());
    }

    [Fact]
    public void A_tensor_moved_outwards_lives_until_the_outer_scope_ends()
    {
        var before = Native.pm_live_handles();
        torch.Tensor moved;
        using (torch.NewDisposeScope())
        {
            using (torch.NewDisposeScope())
                moved = torch.ones([1]).MoveToOuterDisposeScope();
            Assert.Equal(1f, moved.item<float>());
        }
        Assert.True(moved.IsInvalid);
        Assert.Equal(before, Native.pm_live_handles());
    }

    [Fact]
    public void A_detached_tensor_lives_until_it_is_disposed_of()
    {
        var before = Native.pm_live_handles();
        torch.Tensor kept;
        using (torch.NewDisposeScope()) kept = torch.ones([1]).DetachFromDisposeScope();
        Assert.Equal(before + 1, Native.pm_live_handles());
        kept.Dispose();
        Assert.Equal(before, Native.pm_live_handles());
    }

    [Fact]
    public void Scopes_of_different_threads_do_not_meet()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor? other = null;
        var thread = new Thread(() => other = torch.ones([1]));
        thread.Start();
        thread.Join();
        Assert.Equal(0, scope.DisposablesCount);
        other!.Dispose();
    }
}
