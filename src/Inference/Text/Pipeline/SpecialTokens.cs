using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>The tokens that the post-processor puts around one text.</summary>
internal sealed record SpecialTokens(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    public static readonly SpecialTokens None = new([], []);

    public static SpecialTokens Read(JsonElement? json)
    {
        if (json is not { } element)
            return None;
        return element.Kind() switch
        {
            "ByteLevel" => None,
            "Sequence" => element.List("processors").Select(p => Read(p)).Aggregate(None, Join),
            "TemplateProcessing" => ReadTemplate(element),
            "BertProcessing" or "RobertaProcessing" => new([element.Required("cls")[1].GetInt32()], [element.Required("sep")[1].GetInt32()]),
            var other => throw new TokenizerException($"The post-processor '{other}' isn't supported."),
        };
    }

    // A later processor works on what the earlier one made, so its tokens stand outside.
    private static SpecialTokens Join(SpecialTokens inner, SpecialTokens outer) =>
        new([.. outer.Before, .. inner.Before], [.. inner.After, .. outer.After]);

    private static SpecialTokens ReadTemplate(JsonElement element)
    {
        var ids = element.Required("special_tokens");
        List<int> before = [], after = [];
        var seen = 0;
        foreach (var piece in element.List("single"))
        {
            if (piece.Optional("Sequence") is not null)
                seen++;
            else
                (seen == 0 ? before : after).AddRange(ids.Required(piece.Required("SpecialToken").Text("id")).List("ids").Select(i => i.GetInt32()));
        }
        return seen == 1 ? new(before, after) : throw new TokenizerException("The template of tokenizer.json must hold the text once.");
    }
}
