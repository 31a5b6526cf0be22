using System.Runtime.CompilerServices;
using System.Text;

namespace ProofMesh.Client;

/// <summary>Reads what a gateway sends, never more than was agreed: it may be anybody's.</summary>
static class Bounded
{
    /// <summary>The whole stream, or null where it is longer.</summary>
    public static async Task<byte[]?> ReadAsync(Stream stream, int most, CancellationToken stop)
    {
        using var target = new MemoryStream();
        var buffer = new byte[16_384];
        for (int read; (read = await stream.ReadAsync(buffer, stop)) > 0;)
        {
            if (target.Length + read > most) return null;
            target.Write(buffer, 0, read);
        }
        return target.ToArray();
    }

    /// <summary>The stream's lines without their ends; a last line without an end isn't one.</summary>
    /// <exception cref="AnswerBrokenException">A line is longer.</exception>
    public static async IAsyncEnumerable<string> LinesAsync(Stream stream, int longest, [EnumeratorCancellation] CancellationToken stop)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var line = new StringBuilder();
        var buffer = new char[4_096];
        for (int read; (read = await reader.ReadAsync(buffer, stop)) > 0;)
        {
            var start = 0;
            for (int end; (end = Array.IndexOf(buffer, '\n', start, read - start)) >= 0; start = end + 1)
            {
                line.Append(buffer, start, end - start);
                yield return line.ToString().TrimEnd('\r');
                line.Clear();
            }
            line.Append(buffer, start, read - start);
            if (line.Length > longest) throw new AnswerBrokenException($"A line of the answer has more than {longest} characters.", "bad_answer");
        }
    }
}
