using System.Xml.Linq;

namespace ReproGate.Architecture.Tests;

/// <summary>References run downwards only: Cli, Tasks → NuGet, Assemblies, Settings, CleanRoom, Repository, Analyzers → Core.</summary>
public sealed class ReferenceDirectionTests
{
    private static readonly Dictionary<string, int> Level = new(StringComparer.Ordinal)
    {
        ["ReproGate.Core"] = 0,
        ["ReproGate.Repository"] = 1,
        ["ReproGate.NuGet"] = 1,
        ["ReproGate.Assemblies"] = 1,
        ["ReproGate.Settings"] = 1,
        ["ReproGate.CleanRoom"] = 1,
        // It shares sources with those below it, not assemblies (docs/decisions/0086).
        ["ReproGate.Analyzers"] = 1,
        ["ReproGate.Tasks"] = 2,
        ["ReproGate.Cli"] = 2,
    };

    public static TheoryData<string> Projects => [.. Source.Files("src", "*.csproj").Select(static file => Path.GetFileNameWithoutExtension(file))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_projects_below_it(string project)
    {
        Assert.True(Level.TryGetValue(project, out int own), $"{project} has no level: add it where it belongs.");
        foreach (string reference in References(project, "ProjectReference").Select(static path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))))
        {
            Assert.True(Level[reference] < own, $"{project} references {reference}, which is not below it.");
        }
    }

    [Fact]
    public void Core_references_nothing_but_the_base_class_library()
    {
        Assert.Empty(References("ReproGate.Core", "PackageReference"));
        Assert.Empty(References("ReproGate.Core", "FrameworkReference"));
        Assert.DoesNotContain(
            typeof(Finding).Assembly.GetReferencedAssemblies(),
            static assembly => !assembly.Name!.StartsWith("System", StringComparison.Ordinal) && assembly.Name is not ("netstandard" or "Microsoft.CSharp"));
    }

    [Theory]
    // The clean room and the tool name them only to pin the version that the reader of binary logs builds on.
    [InlineData("ReproGate.Tasks, ReproGate.CleanRoom, ReproGate.Cli", "Microsoft.Build.")]
    [InlineData("ReproGate.NuGet", "NuGet.")]
    [InlineData("ReproGate.Repository, ReproGate.Analyzers", "Microsoft.CodeAnalysis.")]
    public void Only_its_owner_knows_each_foreign_world(string owners, string prefix)
    {
        foreach (string file in Source.Files("src", "*.csproj"))
        {
            string project = Path.GetFileNameWithoutExtension(file);
            IEnumerable<string> foreign = References(project, "PackageReference").Where(id => id.StartsWith(prefix, StringComparison.Ordinal));
            Assert.True(owners.Split(", ").Contains(project) || !foreign.Any(), $"{project} references {string.Join(", ", foreign)}, which only {owners} may.");
        }
    }

    private static IEnumerable<string> References(string project, string item) =>
        XDocument.Load(Source.PathOf($"src/{project}/{project}.csproj")).Descendants(item).Select(static element => (string)element.Attribute("Include")!);
}
