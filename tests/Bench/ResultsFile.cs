namespace ProofMesh.Bench;

/// <summary>The results as a page to read: a section for each benchmark, the latest run of each.</summary>
static class ResultsFile
{
    const string Heading = "## ";

    const string Preface = """
        # Benchmarks

        Written by `scripts/bench [NAME…] [--check]`; don't edit it by hand. Each section is the latest run of one benchmark, on the
        machine and under the load that it names: a load average above the number of cores means that others were using the
        machine at the same time. The peer does the same work in the same run. A ratio above 1 says how many times better we are
        than the peer, whether better means faster or more. The last row of a table is the one that `--check` and later runs are
        compared by; `--check` fails when any goal is missed.
        """;

    /// <summary>Puts a benchmark's section in place of its earlier one; all others stay as they are.</summary>
    public static void Keep(string file, string name, Report report, string circumstances, string[] order)
    {
        var sections = File.Exists(file) ? Sections(File.ReadAllText(file)) : [];
        sections[name] = Section(name, report, circumstances);
        var known = sections.OrderBy(section => Array.IndexOf(order, section.Key) is >= 0 and var at ? at : int.MaxValue);
        File.WriteAllText(file, string.Join("\n\n", known.Select(section => section.Value).Prepend(Preface)) + "\n");
    }

    static Dictionary<string, string> Sections(string page) =>
        page.Split("\n" + Heading).Skip(1).ToDictionary(section => section.Split('\n')[0].Trim(), section => Heading + section.Trim());

    static string Section(string name, Report report, string circumstances) => string.Join('\n',
    [
        Heading + name, "", report.Method, "", $"Peer: {report.Peer}", "", circumstances, "",
        "| what | unit | ours | peer | ratio | goal | met |", "|---|---|---:|---:|---:|---:|---|",
        .. report.Measurements.Select(Row),
    ]);

    static string Row(Measurement m)
    {
        var goal = !m.HasGoal ? "" : $"{(m.LessIsBetter && m.Goal is not null ? "≤" : "≥")} {m.GoalText.Replace('x', '×')}";
        var met = !m.HasGoal ? "" : m.Met ? "yes" : "**no**";
        return $"| {m.Name} | {m.Unit} | {Measurement.Text(m.Ours)} | {Measurement.Text(m.Peer)} | {m.RatioText} | {goal} | {met} |";
    }
}
