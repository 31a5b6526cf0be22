namespace ProofMesh.Inference.Tests;

public sealed class BlockPoolTests
{
    [Fact]
    public void A_pool_without_a_free_block_gives_none()
    {
        var pool = new BlockPool(2);
        Assert.Equal((0, 1, -1), (pool.Take(-1), pool.Take(-1), pool.Take(0)));
        pool.Release(1);
        Assert.Equal((1, 1), (pool.Free, pool.Take(0)));
    }

    [Fact]
    public void A_preferred_block_is_given_while_it_is_free_and_empty()
    {
        var pool = new BlockPool(4);
        Assert.Equal(2, pool.Take(2));
        Assert.Equal(0, pool.Take(2));
        pool.Name(2, 7);
        pool.Release(2);
        Assert.Equal(1, pool.Take(2));
    }

    [Fact]
    public void A_known_block_stays_until_no_empty_one_is_left_and_the_longest_unused_goes_first()
    {
        var pool = new BlockPool(3);
        for (var i = 0; i < 3; i++)
            pool.Name(pool.Take(-1), (UInt128)(i + 1));
        foreach (var block in new[] { 2, 0, 1 })
            pool.Release(block);
        Assert.Equal(2, pool.Take(-1));
        Assert.Equal(-1, pool.Share(3));
        Assert.Equal(0, pool.Share(1));
        Assert.Equal(1, pool.Take(-1));
        Assert.Equal(-1, pool.Take(-1));
    }

    [Fact]
    public void Any_sequence_of_calls_leaves_every_block_used_or_free_and_every_name_at_one_block()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var pool = new BlockPool(1 + random.Next(12));
            var held = new List<int>();
            var names = new Dictionary<int, UInt128>();
            for (var step = 0; step < 300; step++)
            {
                switch (random.Next(4))
                {
                    case 0 when pool.Take(random.Next(-1, 14)) is >= 0 and var block:
                        Assert.DoesNotContain(block, held);
                        names.Remove(block);
                        held.Add(block);
                        break;
                    case 1 when held.Count > 0:
                        var name = (UInt128)random.Next(1, 9);
                        var named = held[random.Next(held.Count)];
                        if (!names.ContainsKey(named) && !names.ContainsValue(name))
                            names[named] = name;
                        if (!names.ContainsKey(named) || names[named] == name)
                            pool.Name(named, name);
                        break;
                    case 2 when held.Count > 0:
                        var last = held[^1];
                        held.RemoveAt(held.Count - 1);
                        pool.Release(last);
                        break;
                    case 3:
                        var wanted = (UInt128)random.Next(1, 9);
                        var shared = pool.Share(wanted);
                        Assert.Equal(names.ContainsValue(wanted), shared >= 0);
                        if (shared >= 0)
                            Assert.Equal(wanted, names[shared]);
                        if (shared >= 0)
                            held.Add(shared);
                        break;
                    default:
                        break;
                }
                Assert.Equal(pool.Count - held.Distinct().Count(), pool.Free);
            }
        }
    }
}
