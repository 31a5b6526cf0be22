using System.Text.Json;

namespace ProofMesh.Inference.Tests;

/// <summary>Calls of the real model that ships with us, whose template knows no functions.</summary>
public sealed class EmbeddedToolTests : IDisposable
{
    private static readonly Tool Weather = new("get_weather", "The weather of a city.", """
        {"type":"object","properties":{"city":{"enum":["Paris","Oslo","Zürich"]},"unit":{"enum":["C","F"]},"days":{"type":"integer"}},"required":["city","days"]}
        """);

    private static readonly Tool Remind = new("remind", null, """
        {"type":"object","properties":{"text":{"type":"string","pattern":"^[a-z ]{1,20}$"},"at":{"type":"array","items":{"type":"boolean"},"maxItems":2}},"required":["text"],"additionalProperties":false}
        """);

    private static readonly ChatMessage[] Question = [new("user", "What is the weather like in Paris?")];

    private readonly Engine _engine = Engine.Load(new EngineOptions { Folder = EmbeddedModel.Folder, Weights = WeightFormat.Int8, Threads = 2 });

    [Fact]
    public async Task A_required_call_parses_and_matches_its_schema_whatever_the_noise()
    {
        var seen = new HashSet<string>();
        foreach (var seed in Enumerable.Range(0, 60))
        {
            var request = Asking(new ToolUse([Weather, Remind], ToolChoice.Required, Parallel: false), seed);
            var answer = await Ask(request);
            var (name, arguments) = Assert.Single(answer.Calls);
            Assert.Equal((FinishReason.Stop, ""), (answer.Finish, answer.Text));
            using var json = JsonDocument.Parse(arguments);
            Matches(name, json.RootElement);
            seen.Add(name + arguments);
            if (seed % 10 == 0)
                await Replays(request, answer.Ids);
        }
        Assert.True(seen.Count > 20);
    }

    [Fact]
    public async Task A_named_function_is_called_even_when_the_model_would_rather_talk()
    {
        foreach (var seed in Enumerable.Range(0, 10))
            Assert.Equal("remind", Assert.Single((await Ask(Asking(new ToolUse([Weather, Remind], ToolChoice.Required, "remind", Parallel: false), seed))).Calls).Name);
    }

    [Fact]
    public async Task Where_the_model_decides_its_text_comes_as_it_is_and_replays()
    {
        var request = Asking(new ToolUse([Weather]), 3) with { MaxTokens = 40 };
        var answer = await Ask(request);
        Assert.Equal(_engine.Tokenizer.Decode(answer.Ids), answer.Text);
        await Replays(request, answer.Ids);
    }

    [Fact]
    public async Task Stop_strings_end_texts_but_not_calls()
    {
        var request = Asking(new ToolUse([Weather], ToolChoice.Required, Parallel: false), 1) with { Stop = ["\"", "Paris", "name"] };
        var answer = await Ask(request);
        using var json = JsonDocument.Parse(Assert.Single(answer.Calls).Arguments);
        Matches("get_weather", json.RootElement);
    }

    [Fact]
    public async Task An_answer_that_runs_out_of_tokens_in_a_call_says_so()
    {
        var answer = await Ask(Asking(new ToolUse([Weather], ToolChoice.Required), 1) with { MaxTokens = 24 });
        Assert.Equal(FinishReason.Length, answer.Finish);
    }

    public void Dispose() => _engine.Dispose();

    private GenerateRequest Asking(ToolUse tools, int seed) => new()
    {
        Prompt = _engine.Prompt(Question, tools),
        MaxTokens = 150,
        Tools = tools,
        Sampling = new() { Temperature = 1.2f, Seed = Enumerable.Repeat((byte)seed, 32).ToArray() },
    };

    private async Task<(string Text, List<(string Name, string Arguments)> Calls, int[] Ids, FinishReason? Finish)> Ask(GenerateRequest request)
    {
        var (text, calls, ids, finish) = ("", new List<(string Name, string Arguments)>(), new List<int>(), (FinishReason?)null);
        await foreach (var token in _engine.Generate(request))
        {
            (text, finish) = (text + token.Text, token.Finish);
            ids.AddRange(token.Ids);
            foreach (var part in token.Calls ?? [])
            {
                if (part.Name is { } name)
                    calls.Add((name, ""));
                calls[part.Index] = calls[part.Index] with { Arguments = calls[part.Index].Arguments + part.Arguments };
            }
        }
        return (text, calls, [.. ids], finish);
    }

    private async Task Replays(GenerateRequest request, int[] ids) =>
        Assert.All(await _engine.Replay(request.Prompt, ids, request.Sampling, request.Format, request.Tools), token => Assert.True(token.Agrees));

    private static void Matches(string name, JsonElement arguments)
    {
        var properties = arguments.EnumerateObject().ToDictionary(p => p.Name, p => p.Value);
        if (name == "get_weather")
        {
            Assert.Contains(properties["city"].GetString(), new[] { "Paris", "Oslo", "Zürich" });
            _ = properties["days"].GetDecimal();
            Assert.Empty(properties.Keys.Except(["city", "unit", "days"]));
            return;
        }
        Assert.Equal("remind", name);
        Assert.Matches("^[a-z ]{1,20}$", properties["text"].GetString());
        Assert.Empty(properties.Keys.Except(["text", "at"]));
    }
}
