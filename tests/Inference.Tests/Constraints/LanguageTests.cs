using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ProofMesh.Inference.Tests.Constraints;

public sealed class LanguageTests
{
    public static TheoryData<string, string> Unsupported => new()
    {
        { """{"type":"number","minimum":3}""", "#/minimum" },
        { """{"type":["integer","number"],"exclusiveMaximum":3}""", "#/exclusiveMaximum" },
        { """{"type":"integer","multipleOf":3}""", "#/multipleOf" },
        { """{"type":"integer","minimum":"3"}""", "#/minimum" },
        { """{"type":"integer","maximum":1.5}""", "#/maximum" },
        { """{"type":"integer","minimum":4,"exclusiveMaximum":4}""", "no number" },
        { """{"type":"integer","minimum":1000000000000000000}""", "no number" },
        { """{"type":"integer","exclusiveMinimum":79228162514264337593543950335}""", "no number" },
        { """{"type":"integer","maximum":1e300}""", "#/maximum" },
        { """{"type":"object","properties":{"a":{"type":"string","not":{}}}}""", "#/properties/a/not" },
        { """{"type":"object","properties":{},"required":["a"]}""", "#/required" },
        { """{"type":"strange"}""", "#/type" },
        { """{"allOf":[{"type":"string"},{"type":"string"}]}""", "#/allOf" },
        { """{"$ref":"#/$defs/missing"}""", "#/$ref" },
        { """{"$ref":"https://example.org/schema"}""", "#/$ref" },
        { """{"type":"array","items":7}""", "#/items" },
        { """{"type":"array","minItems":-1}""", "#/minItems" },
        { """{"type":"string","pattern":"(?=a)"}""", "#/pattern" },
        { """{"type":"string","pattern":"a{2,1}"}""", "#/pattern" },
        { """{"enum":[]}""", "#/enum" },
        { """{"minLength":3}""", "#" },
        { """{"properties":{"a":{"type":"null"}},"minLength":3}""", "#/minLength" },
        { """{"type":["string","null"],"items":{}}""", "#/items" },
        { """[]""", "#" },
        { "{\"type\":\"array\",\"items\":" + string.Concat(Enumerable.Repeat("{\"type\":\"array\",\"items\":", 70)) + "true" + new string('}', 71), "deep" },
    };

    [Theory, MemberData(nameof(Unsupported))]
    public void A_schema_that_cannot_be_kept_to_is_refused_by_its_path(string schema, string path) =>
        Assert.Contains(path, Assert.Throws<ConstraintException>(() => Schema(schema)).Message, StringComparison.Ordinal);

    public static TheoryData<string, string, string> Values => new()
    {
        { """{"type":"string"}""", """ "" "a\"\\\n\u0007é😀" """, """ a "\x" "a 'a' """ },
        { """{"type":"integer"}""", "0 -7 120", "01 1.5 - 1e3 +1" },
        { """{"type":"integer","minimum":8,"maximum":1203}""", "8 9 10 99 100 999 1000 1199 1203", "7 0 -8 1204 1210 2000 08 10000 8.0" },
        { """{"type":"integer","exclusiveMinimum":-13,"exclusiveMaximum":6}""", "-12 -10 -9 -1 0 5", "-13 -20 6 10 -0 -01" },
        { """{"type":"integer","maximum":-5}""", "-5 -6 -50 -999999999999999999", "-4 0 5 -" },
        { """{"type":"integer","minimum":-79228162514264337593543950335,"maximum":1e20}""", "0 999999999999999999 -999999999999999999", "1000000000000000000 -1000000000000000000" },
        { """{"type":["integer","null"],"minimum":0}""", "0 7 999999999999999999 null", "-1 1000000000000000000" },
        { """{"type":"number"}""", "0 -7.25 1e9 1.5E-3", ".5 1. 1e NaN" },
        { """{"type":["boolean","null"]}""", "true false null", "True 0" },
        { """{"enum":["red","green",3,null]}""", "\"red\" \"green\" 3 null", "\"blue\" red 33" },
        { """{"const":{"a":[1,"x"]}}""", """{"a":[1,"x"]}""", """{"a":[1]}""" },
        { """{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":3}""", "[1] [1,2] [1,2,3]", "[] [1,2,3,4] [1,] [a]" },
        { """{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"boolean"}},"required":["b"],"additionalProperties":false}""", """{"b":true} {"a":1,"b":false}""", """{} {"a":1} {"b":true,"a":1} {"b":true,"c":1} {"a":1"b":true}""" },
        { """{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":{"type":"boolean"}}""", """{} {"a":1} {"a":1,"x":true} {"x":true,"y":false}""", """{"x":1} {,"x":true}""" },
        { """{"anyOf":[{"type":"integer"},{"type":"string","minLength":2,"maxLength":3}]}""", "5 \"ab\" \"äöü\"", "\"a\" \"abcd\" true" },
        { """{"type":"string","pattern":"^[a-c]+\"x$"}""", """ "ab\"x" """, """ "ab"x" "\"x" "abd\"x" """ },
        { """{"type":"string","pattern":"b"}""", """ "abc" "b" """, """ "ac" """ },
        { """{"$ref":"#/$defs/tree","$defs":{"tree":{"type":"object","properties":{"v":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/tree"},{"type":"null"}]}},"required":["v","next"],"additionalProperties":false}}}""", """{"v":1,"next":null} {"v":1,"next":{"v":2,"next":null}}""", """{"v":1} {"v":1,"next":{}}""" },
        { """{}""", """[1,{"a":[true,null]}] "x" {"k":{}}""", "[1,] {a:1} nul" },
    };

    [Theory, MemberData(nameof(Values))]
    public void A_schema_accepts_what_it_describes_and_nothing_else(string schema, string accepted, string refused)
    {
        var language = Schema(schema);
        Assert.All(accepted.Split(' ', StringSplitOptions.RemoveEmptyEntries), text => Assert.True(language.Accepts(text), text));
        Assert.All(refused.Split(' ', StringSplitOptions.RemoveEmptyEntries), text => Assert.False(language.Accepts(text), text));
    }

    [Theory]
    [InlineData("a*b|c+")]
    [InlineData("(ab|a)(c|bcd)?")]
    [InlineData("[a-c]{2,4}d?")]
    [InlineData("[^ab]+")]
    [InlineData("(a|b)*abb")]
    [InlineData("((a{1,2}b){2}c?)*")]
    [InlineData("a.c|\\d\\w\\s|é+")]
    [InlineData("")]
    public void A_pattern_accepts_what_dotnets_own_engine_does(string pattern)
    {
        var (random, language) = (new Random(3), Pattern(pattern));
        var reference = new Regex($"^(?:{pattern})$", RegexOptions.ECMAScript);
        for (var i = 0; i < Nightly.Times(3_000, 300_000); i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => "abbccd 1é"[random.Next(9)]));
            Assert.True(reference.IsMatch(text) == language.Accepts(text), text);
        }
    }

    [Fact]
    public void Ranges_of_characters_are_their_UTF_8_and_nothing_else()
    {
        var random = new Random(4);
        for (var round = 0; round < 60; round++)
        {
            int[] limits = [0x7F, 0x7FF, 0xFFFF, CodePointRanges.Highest];
            var (a, b) = (random.Next(limits[random.Next(4)]), random.Next(limits[random.Next(4)]));
            var set = CodePointRanges.All.Without(CodePointRanges.Of((Math.Min(a, b), Math.Max(a, b))));
            var language = new Language();
            var accepted = new Accepting(language, set.Utf8(language));
            foreach (var c in new[] { a, b, a + 1, b + 1, Math.Max(0, a - 1), Math.Max(0, b - 1), random.Next(CodePointRanges.Highest) }.Where(Rune.IsValid))
                Assert.Equal(set.Contains(c), accepted.Accepts(new Rune(c).ToString()));
        }
    }

    [Fact]
    public void A_range_holds_its_numbers_and_no_others()
    {
        var random = new Random(8);
        for (var round = 0; round < 100; round++)
        {
            var (a, b) = (random.Next(-2_000, 2_000) / (1 + random.Next(30)), random.Next(-2_000, 2_000));
            var (first, last) = (Math.Min(a, b), Math.Max(a, b));
            var range = Schema($$"""{"type":"integer","minimum":{{first}},"maximum":{{last}}}""");
            for (var value = first - 30; value <= last + 30; value += 1 + random.Next(9))
                Assert.Equal(value >= first && value <= last, range.Accepts(value.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            Assert.True(range.Accepts($"{first}") && range.Accepts($"{last}") && !range.Accepts($"{last + 1}") && !range.Accepts($"{first - 1}"));
        }
    }

    [Theory]
    [InlineData("((a|b|ab){1,1000}){1,1000}c")]
    [InlineData("(.*a){900}")]
    [InlineData("(a?){1000}a{1000}")]
    [InlineData("(((((a*)*)*)*)*)*b")]
    public void A_hostile_pattern_ends_in_a_refusal_or_stays_small(string pattern)
    {
        var fault = Record.Exception(() =>
        {
            var language = Pattern(pattern);
            language.Accepts(string.Concat(Enumerable.Repeat("ab", 3_000)));
        });
        Assert.True(fault is null or ConstraintException, fault?.ToString());
    }

    [Fact]
    public void A_schema_that_refers_to_itself_alone_is_refused_when_it_is_used()
    {
        var language = Schema("""{"$ref":"#"}""");
        Assert.Throws<ConstraintException>(() => language.Accepts("1"));
    }

    private static Accepting Schema(string schema)
    {
        var language = new Language();
        using var json = JsonDocument.Parse(schema, new JsonDocumentOptions { MaxDepth = 200 });
        return new Accepting(language, SchemaLanguage.Read(language, json.RootElement));
    }

    private static Accepting Pattern(string pattern)
    {
        var language = new Language();
        return new Accepting(language, new PatternLanguage(language, pattern, set => set.Utf8(language), "pattern").Read(search: false));
    }

    private sealed record Accepting(Language Language, int Start)
    {
        public bool Accepts(string text)
        {
            var state = Start;
            foreach (var value in Encoding.UTF8.GetBytes(text))
                state = Language.Derive(state, value);
            return Language.IsNullable(state);
        }
    }
}
