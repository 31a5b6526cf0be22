using System.Text.Json;
using ProofMesh.Gateway;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway_Tests;

public sealed class ChatReaderTests
{
    const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    [Theory]
    [InlineData("[]", null)]
    [InlineData("{}", "model")]
    [InlineData("{\"model\":\"m\"}", "messages")]
    [InlineData("{\"model\":7," + Messages + "}", "model")]
    [InlineData("{\"model\":\"\"," + Messages + "}", "model")]
    [InlineData("{\"model\":\"m\",\"messages\":[]}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"content\":\"x\"}]}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}]}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{}}]}]}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"content\":\"x\",\"tool_calls\":[{}]}]}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}", "messages")]
    [InlineData("{\"model\":\"m\",\"max_tokens\":0," + Messages + "}", "max_tokens")]
    [InlineData("{\"model\":\"m\",\"max_tokens\":1.5," + Messages + "}", "max_tokens")]
    [InlineData("{\"model\":\"m\",\"max_tokens\":5,\"max_completion_tokens\":6," + Messages + "}", "max_completion_tokens")]
    [InlineData("{\"model\":\"m\",\"temperature\":2.1," + Messages + "}", "temperature")]
    [InlineData("{\"model\":\"m\",\"temperature\":\"hot\"," + Messages + "}", "temperature")]
    [InlineData("{\"model\":\"m\",\"top_p\":0," + Messages + "}", "top_p")]
    [InlineData("{\"model\":\"m\",\"top_k\":-1," + Messages + "}", "top_k")]
    [InlineData("{\"model\":\"m\",\"min_p\":1.1," + Messages + "}", "min_p")]
    [InlineData("{\"model\":\"m\",\"seed\":0.5," + Messages + "}", "seed")]
    [InlineData("{\"model\":\"m\",\"repetition_penalty\":0," + Messages + "}", "repetition_penalty")]
    [InlineData("{\"model\":\"m\",\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]," + Messages + "}", "stop")]
    [InlineData("{\"model\":\"m\",\"stop\":[7]," + Messages + "}", "stop")]
    [InlineData("{\"model\":\"m\",\"n\":2," + Messages + "}", "n")]
    [InlineData("{\"model\":\"m\",\"stream\":1," + Messages + "}", "stream")]
    [InlineData("{\"model\":\"m\",\"tools\":[]," + Messages + "}", "tools")]
    [InlineData("{\"model\":\"m\",\"functions\":[{\"name\":\"f\"}]," + Messages + "}", "functions")]
    [InlineData("{\"model\":\"m\",\"logit_bias\":{}," + Messages + "}", "logit_bias")]
    [InlineData("{\"model\":\"m\",\"response_format\":{\"type\":\"xml\"}," + Messages + "}", "response_format")]
    [InlineData("{\"model\":\"m\",\"response_format\":{\"type\":\"json_schema\"}," + Messages + "}", "response_format")]
    [InlineData("{\"model\":\"m\",\"logprobs\":true,\"top_logprobs\":21," + Messages + "}", "top_logprobs")]
    [InlineData("{\"model\":\"m\",\"top_logprobs\":2," + Messages + "}", "top_logprobs")]
    [InlineData("{\"model\":\"m\",\"brand_new\":true," + Messages + "}", "brand_new")]
    public void What_isnt_served_is_refused_by_name(string body, string? param)
    {
        var (order, error) = Read(body);

        Assert.Null(order);
        Assert.Equal((400, "invalid_request_error", param), (error!.Status, error.Type, error.Param));
    }

    [Fact]
    public void Everything_that_is_served_is_read()
    {
        var (order, error) = Read("""
            {"model":"m","messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}],
             "max_completion_tokens":7,"temperature":0.5,"top_p":0.9,"min_p":0.1,"top_k":40,"seed":-3,"stop":"END","frequency_penalty":1,"presence_penalty":-1,
             "repetition_penalty":1.1,"n":1,"stream":true,"stream_options":{"include_usage":true},"user":"someone","store":false,"logprobs":false,"logit_bias":null}
            """);

        Assert.Null(error);
        Assert.Equal([new ChatTurn("system", "Be brief."), new ChatTurn("user", "ab")], order!.Messages);
        Assert.Equal(new Sampling(0.5f, 0.9f, 0.1f, 40, 1.1f, 1, -1, -3), order.Sampling);
        Assert.Equal((7u, true, true), (order.MaxTokens!.Value, order.Stream, order.IncludeUsage));
        Assert.Equal(["END"], order.Stop);
    }

    [Theory]
    [InlineData("{\"type\":\"text\"}", null)]
    [InlineData("{\"type\":\"json_object\"}", "{\"type\":\"json_object\"}")]
    [InlineData("{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"strict\":true,\"schema\":{\"type\": \"null\"}}}", "{\"type\":\"json_schema\",\"schema\":{\"type\": \"null\"}}")]
    [InlineData("{\"type\":\"regex\",\"pattern\":\"a\\\\d\"}", "{\"type\":\"regex\",\"pattern\":\"a\\\\d\"}")]
    public void A_response_format_becomes_what_nodes_take(string asked, string? format)
    {
        var (order, error) = Read("{\"model\":\"m\",\"logprobs\":true,\"top_logprobs\":4,\"response_format\":" + asked + "," + Messages + "}");

        Assert.Null(error);
        Assert.Equal((format, 4), (order!.ResponseFormat, order.TopLogprobs!.Value));
    }

    [Fact]
    public void One_idempotency_key_gives_one_nonce_and_none_gives_many()
    {
        var body = "{\"model\":\"m\"," + Messages + "}";

        Assert.Equal(Read(body, "a").Order!.ClientNonce(), Read(body, "a").Order!.ClientNonce());
        Assert.NotEqual(Read(body, "a").Order!.ClientNonce(), Read(body, "b").Order!.ClientNonce());
        Assert.NotEqual(Read(body).Order!.ClientNonce(), Read(body).Order!.ClientNonce());
    }

    static (ChatOrder? Order, ApiError? Error) Read(string body, string? idempotencyKey = null)
    {
        using var json = JsonDocument.Parse(body);
        return ChatReader.Read(json.RootElement, idempotencyKey, new LimitOptions());
    }
}
