using System.Text;

namespace ProofMesh.Inference.Tests;

/// <summary>Texts that tokenizers stumble over, made from a fixed seed.</summary>
internal static class SampleTexts
{
    private static readonly string[] Fixed =
    [
        "", " ", "  ", "\n", "\r\n", "\t \t", "\0", "a\0b", "\u00a0", "\u3000", "\u200b", "\ufeff", "\ufffd", "\ud800", "a\udc00b", "\ud83d", "\udfff\ud800",
        "Hello, world!", " leading", "trailing ", "double  space", "I'm you're HE'LL we'Ve it'ſ", "don't-stop", "3.14159 1234567 ½ ² Ⅷ ٣٤",
        "😀", "👩‍👩‍👧‍👦 family", "🏳️‍🌈🇩🇪🇫🇷", "👍🏽", "e\u0301 é Å Å Å", "ﬁ ﬂ ﷺ", "한국어 텍스트", "각", "日本語のテキスト", "中文，文本。", "שָׁלוֹם", "مَرْحَبًا", "Ελληνικά ς Σ", "İstanbul ı",
        "नमस्ते दुनिया", "ไทยไม่มีช่องว่าง", "\u0315\u0300\u05ae\u0301b", "a\u0315\u0300\u05ae\u0301b", "<s>", "</s>", "<|im_start|>user\nhi<|im_end|>", "<|begin_of_text|>x<|eot_id|>",
        "<unk><pad><bos>", "<|endoftext|> after", "▁ ▁▁ x▁y", "<0x41><0xE2>", "for (int i = 0; i < n; i++) {\n\t\treturn x[i] ?? \"\\u0041\";\n}\n", "def f(x):\n    return x**2  # ok\n\n\n",
        "{\"a\": [1, 2.5e-3, null], \"b\": \"\\n\"}", "https://example.org/a?b=c&d=%20#e", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "ABCDEFabcDEF", "𝒽𝑒𝓁𝓁𝑜 𐐀𐐨", "𠜎𠜱𠝹", "\u1e9e ß ẞ",
        "_under_score", "a\u200db", "\u2028x\u2029y\u0085z", "\x1c\x1d\x1e\x1f", "<table><tr>\n\n\n\n\n</tr>", "\n\n\n\n    \n\n  x", "          ", "\t\t\t\t",
    ];

    private static readonly string[] Blocks =
    [
        "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "    \n\n\t\r", ".,;:!?-_'\"()[]{}<>/\\|@#$%^&*+=~`", "éèüñçåøßœæžğıİ", "àáâãäåāăą\u0300\u0301\u0302\u0303\u0308\u0327\u0315\u05b0",
        "的一是不了人我在有他这中大来上国", "ひらがなカタカナｶﾀｶﾅ", "한국어가각힣각", "אבגדהוזחט\u05b0\u05b8\u05bc", "ابتثجحخد\u064b\u064e\u0651٠١٢", "अआइईउऊ\u093e\u093f\u094d\u0902१२", "กขคงจ\u0e34\u0e48", "αβγδΑΒΓΔςΣ", "абвгдАБВГДёЁ",
        "😀😂🤣👍🔥🚀🎉", "\u200d\ufe0f\u20e3🏻🏽🏿👩👨👧❤", "🇦🇧🇨🇩🇪", "𝒜𝓑𝕔𝖉𝟘𝟙𐐀𐐨", "𠀀𠜎𪜶", "\u00a0\u1680\u2003\u2009\u202f\u205f\u3000\u2028\u0085\u000b\u000c", "\0\u0001\u001b\u007f\u0080\u009f\u200b\u200e\u202e\u2060\ufeff\ufffe\uffff", "½¼²³Ⅷⅷ①㊿௧", "ﬁﬂﷺ㎏™℃Å",
        "$€£¥₿±×÷≤≥∑∏√∞", "\ud800\udbff\udc00\udfff", "'s't're've'm'll'd'S'T'RE",
    ];

    private static readonly string[] Words =
    [
        "the", " quick", " brown", "Fox", " jumps", "over", "http", "://", "www.", " lazy", " dog's", "I'll", "WE'RE", "12345", " 2024-05-06", "\n\n", "\r\n", "    ", "\t", "return", " (x)", "=>", " != ", "Straße", " naïve", " 日本", "語", "Привет", " мир",
        " العربية", " हिन्दी", "😀", " 👨‍👩‍👧", "<|im_end|>", "<s>", "</s>", "<|eot_id|>", "[INST]", " [/INST]", "<<SYS>>", "▁", "<0x0A>", "...", "!!!", "—", "“quoted”", "  ", "e\u0301", "\ud83d", "<|endoftext|>", "<start_of_turn>", "<｜User｜>", "\n\n\n\n", "<think>",
    ];

    public static List<string> Make(int count, int seed)
    {
        var random = new Random(seed);
        var texts = new List<string>(Fixed);
        while (texts.Count < count)
        {
            texts.Add((texts.Count % 4) switch
            {
                0 => Characters(random),
                1 => Join(random, Words, 1 + random.Next(20)),
                2 => Mixture(random),
                _ => Runs(random),
            });
        }
        return texts;
    }

    private static string Characters(Random random)
    {
        var block = Blocks[random.Next(Blocks.Length)];
        return string.Create(1 + random.Next(40), block, (chars, from) =>
        {
            for (var i = 0; i < chars.Length; i++)
                chars[i] = random.Next(6) == 0 ? ' ' : from[random.Next(from.Length)];
        });
    }

    private static string Join(Random random, string[] parts, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => parts[random.Next(parts.Length)]));

    private static string Mixture(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(12); i >= 0; i--)
        {
            var block = Blocks[random.Next(Blocks.Length)].EnumerateRunes().ToArray();
            for (var n = random.Next(6); n >= 0; n--)
                text.Append(block[random.Next(block.Length)]);
            text.Append(random.Next(3) == 0 ? Words[random.Next(Words.Length)] : "");
        }
        return text.ToString();
    }

    private static string Runs(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(4); i >= 0; i--)
        {
            var block = Blocks[random.Next(Blocks.Length)].EnumerateRunes().ToArray();
            var rune = block[random.Next(block.Length)].ToString();
            text.Insert(text.Length, rune, 1 + random.Next(60)).Append(random.Next(2) == 0 ? " " : "");
        }
        return text.ToString();
    }
}
