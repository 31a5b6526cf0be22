using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway_Tests;

public sealed class ToolAnswerTests(PlainGateway shared) : IClassFixture<PlainGateway>, IAsyncLifetime
{
    const string Two = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"add\"}},{\"type\":\"function\",\"function\":{\"name\":\"now\"}}]";
    TestGateway gateway = null!;
    TestNode node = null!;

    public async ValueTask InitializeAsync()
    {
        gateway = await shared.EmptyAsync();
        node = await TestNode.JoinAsync(gateway);
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await gateway.BooksBalanceAsync();
    }

    public static TheoryData<string, CallPart[]> Lies => new()
    {
        { "", [new(0, "add", "{")] },
        { Two, [new(0, "rm", "{")] },
        { Two, [new(1, "add", "{")] },
        { Two, [new(0, null, "{")] },
        { Two, [new(0, "add", "{}"), new(2, "now", "{}")] },
        { Two + ",\"parallel_tool_calls\":false", [new(0, "add", "{}"), new(1, "now", "{}")] },
        { Two + ",\"tool_choice\":\"none\"", [new(0, "add", "{}")] },
        { Two + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"now\"}}", [new(0, "add", "{}")] },
    };

    [Theory, MemberData(nameof(Lies))]
    public async Task A_call_that_was_not_asked_for_is_refused_and_not_paid(string more, CallPart[] calls)
    {
        var customer = await gateway.CustomerAsync();
        node.Answer = (self, generate) => self.SendAsync(new ChunkFrame(generate.Id, 0, [1], "", 10, Calls: calls));

        Assert.Equal((502, "protocol_violation"), Short(await customer.RefusedAsync(customer.AskAsync(more: more))));
        Assert.Equal(TokenAmount.Zero, (await customer.BalanceAsync()).Reserved);
        Assert.Empty(node.Vouchers);
    }

    [Theory]
    [InlineData("tools[0].function.parameters of 'add': #/not: isn't supported", "tools")]
    [InlineData("response_format: no", "response_format")]
    [InlineData("secret: no", null)]
    public async Task What_a_node_refuses_by_the_name_of_a_parameter_is_refused_by_that_name(string message, string? param)
    {
        var customer = await gateway.CustomerAsync();
        node.Answer = (self, generate) => self.SendAsync(new FaultFrame(generate.Id, NodeFault.BadFrame, message));

        var error = System.Text.Json.Nodes.JsonNode.Parse(await (await customer.AskAsync(more: Two)).Content.ReadAsStringAsync())!["error"]!;

        Assert.Equal((param, "invalid_request"), ((string?)error["param"], (string?)error["code"]));
        Assert.Contains(message, (string?)error["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_official_client_reads_calls_whole_and_streamed()
    {
        var client = Client(await gateway.CustomerAsync());
        node.Answer = CallAsync;

        ChatCompletion answer = await client.CompleteChatAsync(["Add."], Options());

        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        Assert.Empty(answer.Content);
        Assert.Equal(["add({\"a\":1})", "now({})"], answer.ToolCalls.Select(call => $"{call.FunctionName}({call.FunctionArguments})"));
        var id = node.Asked[^1].Id;
        Assert.Equal([ChatCall.IdOf(id, 0), ChatCall.IdOf(id, 1)], answer.ToolCalls.Select(call => call.Id));
        Assert.Equal("add now", string.Join(' ', node.Asked[^1].Chat.Tools!.Functions.Select(tool => tool.Name)));

        var (names, arguments, parts, finish) = (new Dictionary<int, string>(), new Dictionary<int, string>(), 0, (ChatFinishReason?)null);
        await foreach (var update in client.CompleteChatStreamingAsync(["Add."], Options()))
        {
            finish = update.FinishReason ?? finish;
            foreach (var part in update.ToolCallUpdates)
            {
                parts++;
                if (part.FunctionName is { } name) names[part.Index] = $"{part.ToolCallId} {name}";
                arguments[part.Index] = arguments.GetValueOrDefault(part.Index, "") + part.FunctionArgumentsUpdate;
            }
        }
        id = node.Asked[^1].Id;
        Assert.Equal([$"{ChatCall.IdOf(id, 0)} add", $"{ChatCall.IdOf(id, 1)} now"], names.OrderBy(name => name.Key).Select(name => name.Value));
        Assert.Equal(["{\"a\":1}", "{}"], arguments.OrderBy(part => part.Key).Select(part => part.Value));
        Assert.Equal((3, ChatFinishReason.ToolCalls), (parts, finish));
        await node.PaidAsync(2);
    }

    [Fact]
    public async Task Text_before_a_call_stays_beside_it()
    {
        var client = Client(await gateway.CustomerAsync());
        node.Answer = async (self, generate) =>
        {
            await self.SendAsync(new ChunkFrame(generate.Id, 0, [1], "I add.", 10));
            await self.SendAsync(new ChunkFrame(generate.Id, 1, [2], "", 10, Calls: [new(0, "add", "{}")]));
            await self.CloseAsync(generate, [1, 2], 10, TokenAmount.Zero);
        };

        ChatCompletion answer = await client.CompleteChatAsync(["Add."], Options());

        Assert.Equal(("I add.", "add"), (answer.Content[0].Text, answer.ToolCalls[0].FunctionName));
    }

    static async Task CallAsync(TestNode self, GenerateFrame generate)
    {
        await self.SendAsync(new ChunkFrame(generate.Id, 0, [1, 2], "", 10, Calls: [new(0, "add", "{\"a\"")]));
        await self.SendAsync(new ChunkFrame(generate.Id, 2, [3], "", 10, Calls: [new(0, null, ":1}"), new(1, "now", "{}")]));
        await self.CloseAsync(generate, [1, 2, 3], 10, TokenAmount.Zero);
    }

    static ChatCompletionOptions Options() => new() { Tools = { OpenAI.Chat.ChatTool.CreateFunctionTool("add", "Adds."), OpenAI.Chat.ChatTool.CreateFunctionTool("now") } };

    ChatClient Client(TestCustomer customer) => new("echo", new ApiKeyCredential(customer.ApiKey),
        new OpenAIClientOptions { Endpoint = new Uri(gateway.Url, "/v1"), RetryPolicy = new ClientRetryPolicy(0) });

    static (int, string) Short((int Status, string Code, string Message) refusal) => (refusal.Status, refusal.Code);
}
