using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ProofMesh.Inference.Tests.Constraints;

public sealed class FormatTests
{
    private const string Person = """
        {"type":"json_schema","schema":{"type":"object","properties":{"name":{"enum":["Ada","Grace"]},"age":{"type":"integer"},
        "tags":{"type":"array","items":{"type":"boolean"},"maxItems":3},"spouse":{"anyOf":[{"type":"null"},{"type":"string","pattern":"^[a-z]{1,5}$"}]}},
        "required":["name","age","spouse"],"additionalProperties":false}}
        """;

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("""{"type":"xml"}""")]
    [InlineData("""{"type":"json_schema"}""")]
    [InlineData("""{"type":"regex","pattern":"("}""")]
    [InlineData("""{"type":"json_schema","schema":{"enum":[]}}""")]
    public void A_format_that_cannot_be_kept_to_is_refused_before_anything_is_computed(string format)
    {
        using var test = new TestEngine();
        var fault = Assert.Throws<ConstraintException>(() => test.Engine.Generate(TestEngine.Request("a", 5) with { Format = format }));
        Assert.Equal(fault.Message, test.Engine.FormatFault(format));
    }

    [Fact]
    public async Task Every_answer_keeps_to_its_schema_and_can_be_replayed()
    {
        using var test = new TestEngine(o => o with { Threads = 2 });
        var requests = Enumerable.Range(0, 20).Select(seed => TestEngine.Request($"Person {seed}", 120) with
        {
            Format = Person,
            Sampling = new SamplingParameters { Temperature = 1.5f, Seed = Enumerable.Repeat((byte)seed, 32).ToArray() },
        }).ToArray();
        var answers = await Task.WhenAll(requests.Select(r => test.Ask(r)));
        foreach (var (request, answer) in requests.Zip(answers))
        {
            Assert.Equal(FinishReason.Stop, answer.Finish);
            using var json = JsonDocument.Parse(answer.Text);
            Assert.Contains(json.RootElement.GetProperty("name").GetString(), new[] { "Ada", "Grace" });
            _ = json.RootElement.GetProperty("age").GetDecimal();
            var replayed = await test.Engine.Replay(request.Prompt, answer.Ids, request.Sampling, request.Format);
            Assert.All(replayed, t => Assert.True(t.Agrees));
        }
        Assert.True(answers.DistinctBy(a => a.Text).Count() > 10);
        var free = await test.Engine.Replay(requests[0].Prompt, answers[0].Ids, requests[0].Sampling);
        Assert.Contains(free, t => !t.Agrees);
    }

    [Fact]
    public async Task A_pattern_is_kept_to_as_far_as_the_answer_goes()
    {
        using var test = new TestEngine();
        var request = TestEngine.Request("Call", 30) with { Format = """{"type":"regex","pattern":"[0-9]{3}-[a-f]+(x|yz)"}""" };
        var text = (await test.Ask(request)).Text;
        Assert.Matches(new Regex("^[0-9]{3}-[a-f]+(x|y|yz)?$"), text);
        Assert.Matches(new Regex("^[0-9]{3}-[a-f]+$"), (await test.Ask(request with { MaxTokens = 6 })).Text);
    }

    [Fact]
    public void A_state_allows_exactly_the_tokens_whose_bytes_it_allows()
    {
        var random = new Random(6);
        byte[][] pieces = [.. Enumerable.Range(0, 600).Select(i => i % 50 == 0 ? [] : Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1 + random.Next(5)).Select(_ => "ab\"{}:1,é"[random.Next(9)]))))];
        var constraint = Constraint.Read("""{"type":"regex","pattern":"(a\"|b1?|[{}:é]*,)+"}""", new TokenTrie(pieces), [0]);
        var state = constraint.Start;
        for (var step = 0; step < 40; step++)
        {
            var mask = constraint.Mask(state);
            bool Allows(int token) => (mask[token / 64] >> token & 1) != 0;
            for (var token = 1; token < pieces.Length; token++)
                Assert.Equal(pieces[token].Length > 0 && constraint.Advance(state, pieces[token]) != Language.Nothing, Allows(token));
            var allowed = Enumerable.Range(1, pieces.Length - 1).Where(Allows).ToArray();
            state = constraint.Advance(state, pieces[allowed[random.Next(allowed.Length)]]);
        }
    }

    [Fact]
    public async Task Probabilities_are_those_of_the_logits_whatever_else_is_asked()
    {
        using var test = new TestEngine();
        var request = TestEngine.Request("Probably", 20) with { TopLogProbs = 5 };
        var free = await test.Ask(request);
        var bound = await test.Ask(request with { Format = """{"type":"regex","pattern":"[a-z]{20}"}""", Sampling = request.Sampling with { Temperature = 2 } });
        foreach (var piece in free.Pieces.Concat(bound.Pieces))
        {
            var (own, top) = (piece.LogProb!, piece.LogProb!.Top);
            Assert.Equal((piece.Ids[0], 5), (own.Id, top.Count));
            Assert.Equal(top.OrderByDescending(t => t.LogProb), top);
            Assert.InRange(top.Sum(t => Math.Exp(t.LogProb)), 0, 1 + 1e-9);
            Assert.True(own.LogProb <= top[0].LogProb);
        }
        Assert.Equal(free.Pieces[0].LogProb!.Top, bound.Pieces[0].LogProb!.Top);
    }
}
