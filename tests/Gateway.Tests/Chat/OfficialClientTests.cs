using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;

namespace ProofMesh.Gateway_Tests;

public sealed class OfficialClientTests(PlainGateway shared) : IClassFixture<PlainGateway>, IAsyncLifetime
{
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

    [Fact]
    public async Task The_official_client_sees_402_with_type_and_code()
    {
        var client = Client(await gateway.CustomerAsync(deposit: 1));

        var refusal = await Assert.ThrowsAsync<ClientResultException>(() => client.CompleteChatAsync("Say something."));

        Assert.Equal(402, refusal.Status);
        Assert.Contains("insufficient_funds", refusal.Message);
    }

    [Fact]
    public async Task The_official_client_reads_a_whole_answer()
    {
        var client = Client(await gateway.CustomerAsync());

        ChatCompletion answer = await client.CompleteChatAsync("Say something.");

        Assert.Equal("word0 word1 word2 word3 word4 ", answer.Content[0].Text);
        Assert.Equal((ChatFinishReason.Stop, 10, 5), (answer.FinishReason, answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount));
    }

    [Fact]
    public async Task The_official_client_reads_a_stream()
    {
        var client = Client(await gateway.CustomerAsync());
        var (text, usage, finish) = ("", 0, (ChatFinishReason?)null);

        await foreach (var update in client.CompleteChatStreamingAsync("Say something."))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage?.OutputTokenCount ?? usage;
            finish = update.FinishReason ?? finish;
        }

        Assert.Equal(("word0 word1 word2 word3 word4 ", 5, ChatFinishReason.Stop), (text, usage, finish));
    }

    [Fact]
    public async Task The_official_client_lists_models()
    {
        var customer = await gateway.CustomerAsync();
        var models = new OpenAIClient(new ApiKeyCredential(customer.ApiKey), Options()).GetOpenAIModelClient();

        Assert.Equal(["echo"], (await models.GetModelsAsync()).Value.Select(model => model.Id));
    }

    ChatClient Client(TestCustomer customer) => new("echo", new ApiKeyCredential(customer.ApiKey), Options());

    OpenAIClientOptions Options() => new() { Endpoint = new Uri(gateway.Url, "/v1"), RetryPolicy = new ClientRetryPolicy(0) };
}
