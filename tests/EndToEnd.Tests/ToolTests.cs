using System.ClientModel;
using System.Text.Json;
using OpenAI.Chat;

namespace ProofMesh.EndToEnd.Tests;

public sealed class ToolTests(Market market)
{
    const string Schema = """{"type":"object","properties":{"city":{"enum":["Paris","Oslo"]},"unit":{"enum":["C","F"]}},"required":["city","unit"]}""";

    static readonly ChatMessage[] Question = [new UserChatMessage("What is the weather in Oslo?")];
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_schema_that_no_call_can_keep_to_is_refused_by_its_function_and_path_and_costs_nothing()
    {
        using var customer = await market.Customer(Stop);
        var options = Calling("""{"type":"object","properties":{"city":{"type":"string","not":{}}}}""", ChatToolChoice.CreateAutoChoice());
        var fault = await Assert.ThrowsAsync<ClientResultException>(() => market.OpenAI(customer).CompleteChatAsync(Question, options, Stop));
        Assert.Equal(400, fault.Status);
        Assert.Contains("'get_weather': #/properties/city/not", fault.Message, StringComparison.Ordinal);
        using var body = JsonDocument.Parse(fault.GetRawResponse()!.Content);
        Assert.Equal("tools", body.RootElement.GetProperty("error").GetProperty("param").GetString());
        Assert.DoesNotContain(await customer.Mesh.Account.GetReceiptsAsync(stop: Stop), request => request.Receipt is not null);
    }

    [Fact]
    public async Task The_official_client_has_a_function_called_hands_its_result_back_and_pays_for_both_answers()
    {
        using var customer = await market.Customer(Stop);
        var client = market.OpenAI(customer);
        ChatCompletion answer = await client.CompleteChatAsync(Question, Calling(Schema, ChatToolChoice.CreateRequiredChoice()), Stop);
        var call = Assert.Single(answer.ToolCalls);
        AssertWeather(call.FunctionName, call.FunctionArguments.ToString());
        Assert.Equal((ChatFinishReason.ToolCalls, 0), (answer.FinishReason, answer.Content.Count));

        ChatMessage[] told = [.. Question, new AssistantChatMessage(answer), new ToolChatMessage(call.Id, "Rain, 7 degrees.")];
        ChatCompletion last = await client.CompleteChatAsync(told, Calling(Schema, ChatToolChoice.CreateNoneChoice()), Stop);
        Assert.NotEqual(ChatFinishReason.ToolCalls, last.FinishReason);
        Assert.Empty(last.ToolCalls);
        Assert.NotEmpty(last.Content[0].Text);

        var paid = await customer.Mesh.Account.GetReceiptsAsync(2, Stop);
        Assert.All(paid, request => Assert.Equal("paid", request.Status));
        Assert.Equal(answer.Usage.OutputTokenCount + last.Usage.OutputTokenCount, paid.Sum(request => (int)request.Receipt!.Receipt.CompletionTokens));
        Assert.Empty(await market.BookFaults(Stop));
    }

    [Fact]
    public async Task A_call_streams_while_it_is_written()
    {
        using var customer = await market.Customer(Stop);
        var (id, name, arguments, parts, finish) = ("", "", "", 0, (ChatFinishReason?)null);
        await foreach (var update in market.OpenAI(customer).CompleteChatStreamingAsync(Question, Calling(Schema, ChatToolChoice.CreateFunctionChoice("get_weather")), Stop))
        {
            Assert.Empty(update.ContentUpdate);
            finish = update.FinishReason ?? finish;
            foreach (var part in update.ToolCallUpdates)
                (id, name, arguments, parts) = (id + part.ToolCallId, name + part.FunctionName, arguments + part.FunctionArgumentsUpdate, parts + 1);
        }
        Assert.Matches("^call_[0-9a-f]{24}$", id);
        AssertWeather(name, arguments);
        Assert.True(parts > 3);
        Assert.Equal(ChatFinishReason.ToolCalls, finish);
        Assert.Equal("paid", (await customer.Mesh.Account.GetReceiptsAsync(1, Stop))[0].Status);
    }

    static void AssertWeather(string name, string arguments)
    {
        using var json = JsonDocument.Parse(arguments);
        Assert.Equal("get_weather", name);
        Assert.Contains(json.RootElement.GetProperty("city").GetString(), new[] { "Paris", "Oslo" });
        Assert.Contains(json.RootElement.GetProperty("unit").GetString(), new[] { "C", "F" });
    }

    static ChatCompletionOptions Calling(string schema, ChatToolChoice choice) => new()
    {
        MaxOutputTokenCount = 96,
        AllowParallelToolCalls = false,
        ToolChoice = choice,
        Tools = { ChatTool.CreateFunctionTool("get_weather", "The weather of a city.", BinaryData.FromString(schema), functionSchemaIsStrict: true) },
    };
}
