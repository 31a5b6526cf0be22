using System.Text.Json;
using System.Text.Json.Nodes;
using ProofMesh.Protocol;

namespace ProofMesh.Cli.Tests;

public sealed class ChatTests
{
    static string Stream(params string[] texts)
    {
        var published = Receipts.Published();
        var receipt = published.Proof.Receipt;
        var proof = new JsonObject
        {
            ["request_id"] = receipt.Receipt.RequestId.ToString(),
            ["node"] = published.Node.ToString(),
            ["provider"] = receipt.Receipt.Provider.ToString(),
            ["scheme"] = "cpu-f32",
            ["price"] = receipt.Receipt.Fee.ToString(),
            ["currency"] = "USDT",
            ["receipt"] = JsonSerializer.SerializeToNode(receipt, WireJson.Default.SignedReceipt),
        };
        var chunks = texts.Select(text => new JsonObject { ["choices"] = new JsonArray(new JsonObject { ["delta"] = new JsonObject { ["content"] = text } }) }).Append(new JsonObject { ["choices"] = new JsonArray(), ["proofmesh"] = proof });
        return string.Concat(chunks.Select(chunk => $"data: {chunk.ToJsonString()}\n\n")) + "data: [DONE]\n\n";
    }

    static async Task<(int Code, string Output, string Errors)> Run(string answer, string[] words, string input = "")
    {
        using var site = new Site(_ => answer);
        using var terminal = new Terminal();
        terminal.InMarket(gateway: site.Url);
        terminal.Environment["PROOFMESH_API_KEY"] = "pm-test";
        return await terminal.Run(words, input);
    }

    [Fact]
    public async Task An_answer_without_its_end_is_an_error_after_what_arrived()
    {
        var (code, output, errors) = await Run("data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\n", ["chat", "hello"]);
        Assert.Equal((1, "half"), (code, output));
        Assert.Contains("end mark", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_is_the_output_and_its_price_and_request_stand_beside_it()
    {
        var (code, output, errors) = await Run(Stream("A word", "\u001b[31m."), ["chat", "@hello"]);
        Assert.Equal((0, "A word[31m.\n"), (code, output));
        var receipt = Receipts.Published().Proof.Receipt.Receipt;
        Assert.Contains($"{receipt.Fee.ToTokens(6)} USDT for 20 prompt and 10 answer tokens · request {receipt.RequestId}", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conversation_goes_on_until_its_input_ends()
    {
        var (code, output, _) = await Run(Stream("Yes."), ["chat"], "one\n\ntwo\n");
        Assert.Equal((0, "Yes.\nYes.\n"), (code, output));
    }

    [Fact]
    public async Task For_a_machine_the_answer_and_its_receipt_are_one_object()
    {
        var (code, output, errors) = await Run(Stream("Yes", "."), ["chat", "hello", "--json"]);
        Assert.Equal((0, ""), (code, errors));
        var told = JsonNode.Parse(output)!;
        Assert.Equal(("Yes.", "cpu-f32"), ((string)told["text"]!, (string)told["receipt"]!["scheme"]!));
    }
}
