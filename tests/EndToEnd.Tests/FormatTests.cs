using System.ClientModel;
using System.Text.Json;
using OpenAI.Chat;

namespace ProofMesh.EndToEnd.Tests;

public sealed class FormatTests(Market market)
{
    const string Schema = """{"type":"object","properties":{"word":{"type":"string","pattern":"^[a-z]{1,12}$"},"known":{"type":"boolean"}},"required":["word","known"],"additionalProperties":false}""";

    static readonly ChatMessage[] Question = [new UserChatMessage("What does the word ocean mean?")];
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_schema_that_cannot_be_kept_to_is_refused_by_its_path_and_costs_nothing()
    {
        using var customer = await market.Customer(Stop);
        var fault = await Assert.ThrowsAsync<ClientResultException>(() => market.OpenAI(customer).CompleteChatAsync(Question, Keeping("""{"type":"number","minimum":3}"""), Stop));
        Assert.Equal(400, fault.Status);
        Assert.Contains("#/minimum", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(await customer.Mesh.Account.GetReceiptsAsync(stop: Stop), request => request.Receipt is not null);
    }

    [Fact]
    public async Task The_official_client_gets_an_answer_by_its_schema_with_probabilities_and_pays_for_it()
    {
        using var customer = await market.Customer(Stop);
        var options = Keeping(Schema);
        (options.IncludeLogProbabilities, options.TopLogProbabilityCount) = (true, 3);
        ChatCompletion answer = await market.OpenAI(customer).CompleteChatAsync(Question, options, Stop);
        using var json = JsonDocument.Parse(answer.Content[0].Text);
        Assert.Matches("^[a-z]{1,12}$", json.RootElement.GetProperty("word").GetString());
        Assert.True(json.RootElement.GetProperty("known").ValueKind is JsonValueKind.True or JsonValueKind.False);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(answer.Usage.OutputTokenCount, answer.ContentTokenLogProbabilities.Count);
        Assert.Equal(answer.Content[0].Text, string.Concat(answer.ContentTokenLogProbabilities.Select(token => token.Token)));
        Assert.All(answer.ContentTokenLogProbabilities, token => Assert.True(token.LogProbability <= 0 && token.TopLogProbabilities.Count == 3));
        var paid = (await customer.Mesh.Account.GetReceiptsAsync(1, Stop))[0];
        Assert.Equal("paid", paid.Status);
    }

    static ChatCompletionOptions Keeping(string schema) => new()
    {
        MaxOutputTokenCount = 64,
        Temperature = 0,
        ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("word", BinaryData.FromString(schema), jsonSchemaIsStrict: true),
    };
}
