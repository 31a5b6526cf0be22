using System.Net;
using ProofMesh.Gateway;

namespace ProofMesh.Gateway_Tests;

public sealed class SignInLimitTests
{
    [Fact]
    public async Task A_client_that_asks_for_nonces_too_often_is_told_when_to_come_back()
    {
        await using var gateway = await TestGateway.StartAsync("--Limits:SignInsPerMinute", "3");
        for (var i = 0; i < 3; i++) await gateway.NonceAsync();

        using var refused = await gateway.SendAsync(HttpMethod.Post, "/v1/auth/nonce", null);
        using var verify = await gateway.SendAsync(HttpMethod.Post, "/v1/auth/verify", null, "{}");

        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests), (refused.StatusCode, verify.StatusCode));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 20);
    }

    [Fact]
    public void A_bucket_fills_again_steadily_and_no_further_than_full()
    {
        var clock = new ManualClock();
        var limit = new RateLimit(6, clock);
        Assert.Equal(6, Taken(limit, "a", 10));
        Assert.Equal(TimeSpan.FromSeconds(10), limit.Wait("a"));
        Assert.Null(limit.Wait("b"));
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(2, Taken(limit, "a", 10));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(6, Taken(limit, "a", 10));
    }

    [Fact]
    public void However_many_names_come_memory_is_bounded_and_the_limit_holds()
    {
        var clock = new ManualClock();
        var limit = new RateLimit(2, clock);
        var passed = Enumerable.Range(0, 60_000).Count(i => limit.Wait($"name {i}") is null);
        Assert.InRange(passed, 50_000, 50_002);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(limit.Wait("somebody new"));
    }

    static int Taken(RateLimit limit, string name, int calls) => Enumerable.Range(0, calls).Count(_ => limit.Wait(name) is null);

    sealed class ManualClock : TimeProvider
    {
        long ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Advance(TimeSpan by) => ticks += by.Ticks;
    }
}
