using System.Xml.Linq;

namespace ProofMesh.Protocol.Tests;

/// <summary>The dependency graph, as the project files have it: process → seam → Protocol, and nothing else.</summary>
public sealed class ProjectGraphTests
{
    // What each project references. A new project stands here first.
    private static readonly Dictionary<string, string[]> Graph = new()
    {
        ["Protocol"] = [],
        ["Chain"] = ["Protocol"],
        ["Database"] = ["Protocol"],
        ["Inference"] = [],
        ["Gateway"] = ["Chain", "Database", "Protocol"],
        ["Indexer"] = ["Chain", "Database", "Protocol"],
        ["Settlement"] = ["Chain", "Database", "Protocol"],
        ["Provider"] = ["Chain", "Inference", "Protocol"],
        ["Client"] = ["Chain", "Protocol"],
        ["Cli"] = ["Chain", "Client", "Inference", "Protocol"],
    };

    private static readonly string[] Processes = ["Gateway", "Indexer", "Settlement", "Provider", "Cli"];

    private static readonly string Root = FindRoot();

    public static TheoryData<string> Projects => [.. Files().Select(Relative)];

    public static TheoryData<string> Sources => [.. Graph.Keys];

    [Fact]
    public void No_project_stands_in_src_that_the_graph_does_not_name() =>
        Assert.Equal(Graph.Keys.Order(StringComparer.Ordinal), Files().Where(file => Relative(file).StartsWith("src/", StringComparison.Ordinal)).Select(Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_project_references_what_the_graph_allows_and_nothing_else(string project) =>
        Assert.Equal(Graph[project], References(Source(project)).Order(StringComparer.Ordinal));

    [Fact]
    public void No_process_references_another() =>
        Assert.DoesNotContain(Processes.SelectMany(process => References(Source(process))), Processes.Contains);

    [Theory]
    [MemberData(nameof(Sources))]
    public void Each_process_is_a_program_and_each_seam_a_library(string project)
    {
        var file = Load(Source(project));
        var program = (string?)file.Root!.Attribute("Sdk") == "Microsoft.NET.Sdk.Web" || file.Descendants("OutputType").Any(type => type.Value == "Exe");
        Assert.Equal(Processes.Contains(project), program);
    }

    [Fact]
    public void Only_Inference_builds_the_shim_over_libtorch()
    {
        var importing = Files().Where(file => Load(file).Descendants("Import").Any()).Select(Name);
        Assert.Equal(["Inference"], importing);
        var loading = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !IsBuilt(file) && File.ReadAllText(file) is var text && text.Contains("LibraryImport(", StringComparison.Ordinal) && text.Contains("torch", StringComparison.OrdinalIgnoreCase))
            .Select(file => Relative(file).Split('/')[1]).Distinct();
        Assert.Equal(["Inference"], loading);
    }

    [Fact]
    public void The_solution_has_every_project()
    {
        var listed = Load(Path.Combine(Root, "ProofMesh.slnx")).Descendants("Project").Select(project => (string)project.Attribute("Path")!);
        Assert.Equal(Files().Select(Relative).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Versions_of_packages_stand_in_one_file(string project)
    {
        var packages = Load(Path.Combine(Root, project)).Descendants("PackageReference").ToArray();
        Assert.All(packages, package => Assert.Null(package.Attribute("Version") ?? package.Attribute("VersionOverride")));
        Assert.All(packages, package => Assert.Empty(package.Elements("Version")));
        Assert.Subset(Central(), packages.Select(package => (string)package.Attribute("Include")!).ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_lock_file_lies_beside_each_project(string project) =>
        Assert.True(File.Exists(Path.Combine(Root, Path.GetDirectoryName(project)!, "packages.lock.json")));

    private static HashSet<string> Central() =>
        [.. Load(Path.Combine(Root, "Directory.Packages.props")).Descendants("PackageVersion").Select(package => (string)package.Attribute("Include")!)];

    private static IEnumerable<string> References(string file) =>
        Load(file).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));

    private static IEnumerable<string> Files() =>
        new[] { "src", "tests" }.SelectMany(folder => Directory.EnumerateDirectories(Path.Combine(Root, folder))).SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"));

    private static bool IsBuilt(string file) => Relative(file).Split('/') is var parts && (parts.Contains("obj") || parts.Contains("bin"));

    private static string Source(string project) => Path.Combine(Root, "src", project, project + ".csproj");

    private static string Name(string file) => Path.GetFileNameWithoutExtension(file);

    private static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static XDocument Load(string file) => XDocument.Load(file);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ProofMesh.slnx"))) return folder.FullName;
        throw new InvalidOperationException("The tests run from inside the repository.");
    }
}
