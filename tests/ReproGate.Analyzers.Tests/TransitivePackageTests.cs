extern alias editor;

using System.Collections.Immutable;
using System.Text.Json;
using editor::ReproGate.Analyzers.Packages;
using Microsoft.CodeAnalysis;
using ReproGate.Assemblies.Tests;

namespace ReproGate.Analyzers.Tests;

/// <summary>RGATE2001 while typing, on the corpus of the pass that the build judges by: what counts as a use there counts here.</summary>
public sealed class TransitivePackageTests
{
    private const string Packages = "/packages/";

    public static TheoryData<string, string> Written => UsesTests.Written;

    public static TheoryData<string> NotWritten => UsesTests.NotWritten;

    [Theory]
    [MemberData(nameof(Written))]
    public void What_the_build_counts_as_a_use_is_told(string code, string expected)
    {
        Diagnostic told = Assert.Single(Run(Code(code), Assets()));

        Assert.Equal(("RGATE2001", DiagnosticSeverity.Error), (told.Id, told.Severity));
        // Where the build knows the line, the editor is no further from it than the declaration's own lines.
        int line = int.Parse(expected[(expected.LastIndexOf('@') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(told.Location.GetLineSpan().StartLinePosition.Line + 1, 1, Math.Max(line, 1 + code.Count(static letter => letter == '\n')));
        string type = expected.Split(' ')[1].Split('@')[0].Split('`')[0].Replace('+', '.');
        Assert.Contains(type.Split('.')[1], told.GetMessage(null), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(NotWritten))]
    public void What_the_build_takes_for_a_mention_is_silent(string code) => Assert.Empty(Run(Code(code), Assets()));

    [Fact]
    public void It_says_what_the_build_says_once_a_file()
    {
        Diagnostic told = Assert.Single(Run(Code("class C { void M()\n{\nFar.Thing.Make();\nFar.Thing.Make(); } }"), Assets()));

        Assert.Equal(
            "App.csproj calls Far.Thing.Make, which is in package Acme.Far 2.0.0, but does not declare that package: it comes only through others, as Acme.Near 1.0.0 → Acme.Far 2.0.0. "
            + "Whenever what brings it changes, this code meets another version or stops compiling. Add <PackageReference Include=\"Acme.Far\" Version=\"2.0.0\" /> to App.csproj.",
            told.GetMessage(null));
        Assert.Equal(2, told.Location.GetLineSpan().StartLinePosition.Line);
    }

    [Fact]
    public void A_declared_package_an_umbrella_and_what_is_not_known_are_silent()
    {
        Compilation code = Code("class C { void M() { Far.Thing.Make(); } }");

        Assert.Single(Run(code, Assets()));
        Assert.Empty(Run(code, Assets(declared: ["Acme.Near", "acme.far"])));
        // Near has no assembly of its own, so it is there for Far.
        Assert.Empty(Run(code, Assets(nearHasAssembly: false)));
        Assert.Empty(Run(code, Assets()[..^40]));
        Assert.Empty(Run(code, "{ \"version\": 3, \"targets\": [] }"));
        // As Assets has another framework only.
        Assert.Single(Run(code, Assets(), ("TargetFramework", "")));
    }

    [Fact]
    public void A_type_that_a_declared_package_forwards_is_its_own()
    {
        const string code = "class C { void M() { Far.Thing.Make(); } }";
        byte[] forwards = Compiled.Compile("Near", "[assembly: System.Runtime.CompilerServices.TypeForwardedTo(typeof(Far.Thing))]", [Compiled.FarImage]).Image;
        byte[] forwardsAnother = Compiled.Compile("Near", "[assembly: System.Runtime.CompilerServices.TypeForwardedTo(typeof(Far.Point))]", [Compiled.FarImage]).Image;

        Assert.Empty(Run(Code(code, forwards), Assets()));
        Assert.Single(Run(Code(code, forwardsAnother), Assets()));
    }

    [Fact]
    public void The_code_fix_adds_the_reference_where_it_sorts_and_leaves_the_rest()
    {
        const string project = "<Project Sdk=\"Microsoft.NET.Sdk\">\n  <ItemGroup>\n    <!-- kept -->\n    <PackageReference Include=\"Acme.Near\" Version=\"1.0.0\" />\n    <PackageReference Include=\"Zeta\" Version=\"1.0.0\" Condition=\"'$(A)' == ''\" />\n  </ItemGroup>\n</Project>\n";
        const string line = "<PackageReference Include=\"Acme.Far\" Version=\"2.0.0\" />";
        Diagnostic told = Assert.Single(Run(Code("class C { void M() { Far.Thing.Make(); } }"), Assets()));

        (string title, ImmutableDictionary<string, string> files) = Editor.Fix(new AddReferenceCodeFix(), told, [(Editor.Project, project)])!.Value;

        Assert.Equal($"Add {line} to App.csproj", title);
        Assert.Equal(project.Replace("    <PackageReference Include=\"Acme.Near\"", $"    {line}\n    <PackageReference Include=\"Acme.Near\"", StringComparison.Ordinal), files[Editor.Project]);
        Assert.Equal(
            $"<Project>\n  <ItemGroup>\n    {line}\n  </ItemGroup>\n</Project>\n",
            Editor.Fix(new AddReferenceCodeFix(), told, [(Editor.Project, "<Project>\n</Project>\n")])!.Value.Files[Editor.Project]);
        // References for other frameworks only say nothing of this one.
        string framework = project.Replace("<ItemGroup>", "<ItemGroup Condition=\"'$(TargetFramework)' == 'net472'\">", StringComparison.Ordinal);
        Assert.EndsWith(
            $"  <ItemGroup>\n    {line}\n  </ItemGroup>\n</Project>\n",
            Editor.Fix(new AddReferenceCodeFix(), told, [(Editor.Project, framework.Replace("$(A)", "$(TargetFramework)", StringComparison.Ordinal))])!.Value.Files[Editor.Project],
            StringComparison.Ordinal);
        Assert.Equal(framework, Editor.Fix(new AddReferenceCodeFix(), told, [(Editor.Project, framework)])?.Files[Editor.Project] ?? framework);
        // All of its kind under other conditions, and no XML: left as it is.
        string conditional = project.Replace("<ItemGroup>", "<ItemGroup Condition=\"'$(B)' == ''\">", StringComparison.Ordinal);
        Assert.Equal(conditional, Editor.Fix(new AddReferenceCodeFix(), told, [(Editor.Project, conditional)])?.Files[Editor.Project] ?? conditional);
        Assert.Null(Editor.Fix(new AddReferenceCodeFix(), told, []));
    }

    [Fact]
    public void With_central_versions_both_files_change_or_none()
    {
        const string project = "<Project>\n  <ItemGroup>\n    <PackageReference Include=\"Acme.Near\" />\n  </ItemGroup>\n</Project>\n";
        const string central = "<Project>\n  <ItemGroup>\n    <PackageVersion Include=\"Acme.Near\" Version=\"1.0.0\" />\n  </ItemGroup>\n</Project>\n";
        (string, string) managed = ("ManagePackageVersionsCentrally", "true");
        Compilation code = Code("class C { void M() { Far.Thing.Make(); } }");
        Diagnostic told = Assert.Single(Run(code, Assets(), managed));

        ImmutableDictionary<string, string> files = Editor.Fix(new AddReferenceCodeFix(), told, [(Editor.Project, project), (Editor.Central, central)])!.Value.Files;

        Assert.Contains("    <PackageReference Include=\"Acme.Far\" />\n    <PackageReference Include=\"Acme.Near\" />", files[Editor.Project], StringComparison.Ordinal);
        Assert.Contains("    <PackageVersion Include=\"Acme.Far\" Version=\"2.0.0\" />\n    <PackageVersion Include=\"Acme.Near\"", files[Editor.Central], StringComparison.Ordinal);
        Assert.Null(Editor.Fix(new AddReferenceCodeFix(), told, [(Editor.Project, project)]));
        // A central version that is there already needs no second line.
        Diagnostic known = Assert.Single(Run(code, Assets(central: "\"Acme.Far\": \"2.0.0\""), managed));
        Assert.EndsWith("its version is managed centrally already.", known.GetMessage(null), StringComparison.Ordinal);
        // Where central versions pin what comes through others, a new one would count in every project.
        Diagnostic pinned = Assert.Single(Run(code, Assets().Replace("\"restore\": {", "\"restore\": { \"CentralPackageTransitivePinningEnabled\": true,", StringComparison.Ordinal), managed));
        Assert.Contains("Add <PackageReference Include=\"Acme.Far\" VersionOverride=\"2.0.0\" /> to", pinned.GetMessage(null), StringComparison.Ordinal);
        Assert.Contains("VersionOverride=\"2.0.0\"", Editor.Fix(new AddReferenceCodeFix(), pinned, [(Editor.Project, project)])!.Value.Files[Editor.Project], StringComparison.Ordinal);
    }

    /// <summary>The other framework's graph has another version, to which its own central version leads.</summary>
    [Fact]
    public void Central_versions_of_each_framework_are_known()
    {
        string two = Assets(central: "\"Acme.Far\": \"2.0.0\"")
            .Replace("\"targets\": {", "\"targets\": { \".NETStandard,Version=v2.0\": { \"Acme.Far/1.0.0\": { \"type\": \"package\" } },", StringComparison.Ordinal)
            .Replace("\"frameworks\": { \"net10.0\": { \"targetAlias\"", "\"frameworks\": { \"netstandard2.0\": { \"targetAlias\": \"netstandard2.0\", \"centralPackageVersions\": { \"Acme.Far\": \"1.0.0\", \"acme.far\": \"1.0.0\" } }, \"net10.0\": { \"targetAlias\"", StringComparison.Ordinal);
        Compilation code = Code("class C { void M() { Far.Thing.Make(); } }");
        (string, string) managed = ("ManagePackageVersionsCentrally", "true");

        Assert.Contains("Add <PackageReference Include=\"Acme.Far\" /> to", Assert.Single(Run(code, two, managed)).GetMessage(null), StringComparison.Ordinal);
        Assert.Contains(
            "Add <PackageReference Include=\"Acme.Far\" Condition=\"'$(TargetFramework)' == 'net10.0'\" /> to",
            Assert.Single(Run(code, two.Replace("\"acme.far\": \"1.0.0\"", "\"acme.far\": \"1.5.0\"", StringComparison.Ordinal), managed)).GetMessage(null),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lib/net10.0/Far.dll", "Version=\"2.0.0\" ExcludeAssets=\"runtime\"")]
    [InlineData("lib/net10.0/_._", "Version=\"2.0.0\"")]
    public void What_is_withheld_at_run_time_stays_so(string listed, string attributes)
    {
        string assets = Assets()
            .Replace("\"lib/net10.0/Far.dll\": {} }", "\"lib/net10.0/Far.dll\": {} }, \"runtime\": { \"lib/net10.0/_._\": {} }", StringComparison.Ordinal)
            .Replace("\"path\": \"acme.far/2.0.0\"", $"\"path\": \"acme.far/2.0.0\", \"files\": [ \"{listed}\" ]", StringComparison.Ordinal);

        Assert.Contains(
            $"Add <PackageReference Include=\"Acme.Far\" {attributes} /> to",
            Assert.Single(Run(Code("class C { void M() { Far.Thing.Make(); } }"), assets)).GetMessage(null),
            StringComparison.Ordinal);
    }

    private static ImmutableArray<Diagnostic> Run(Compilation code, string assets, params (string, string)[] properties) =>
        Editor.Run(code, new TransitivePackageAnalyzer(), [(Editor.Assets, assets)], properties);

    // As in the build the packages are files of the packages folder.
    private static Compilation Code(string code, byte[]? near = null)
    {
        near ??= Compiled.NearImage;
        Compilation compilation = Compiled.Compilation("App", code, [Compiled.FarImage, near]);
        foreach (PortableExecutableReference reference in compilation.References.OfType<PortableExecutableReference>().Where(static reference => reference.FilePath is null).ToArray())
        {
            string name = compilation.GetAssemblyOrModuleSymbol(reference)!.Name;
            byte[] image = name == "Far" ? Compiled.FarImage : near;
            string version = name == "Far" ? "2.0.0" : "1.0.0";
            compilation = compilation.ReplaceReference(reference, MetadataReference.CreateFromImage(image, reference.Properties, filePath: $"{Packages}acme.{name.ToLowerInvariant()}/{version}/lib/net10.0/{name}.dll"));
        }

        return compilation;
    }

    private static string Assets(string[]? declared = null, bool nearHasAssembly = true, string central = "")
    {
        string near = nearHasAssembly ? "\"lib/net10.0/Near.dll\": {}" : "\"lib/net10.0/_._\": {}";
        string direct = string.Join(", ", (declared ?? ["Acme.Near"]).Select(static id => $"{JsonSerializer.Serialize(id)}: {{ \"target\": \"Package\", \"version\": \"[1.0.0, )\" }}"));
        return $$"""
            {
              "version": 3,
              "targets": { "net10.0": {
                "Acme.Far/2.0.0": { "type": "package", "compile": { "lib/net10.0/Far.dll": {} } },
                "Acme.Near/1.0.0": { "type": "package", "dependencies": { "Acme.Far": "2.0.0" }, "compile": { {{near}} } }
              } },
              "libraries": {
                "Acme.Far/2.0.0": { "type": "package", "path": "acme.far/2.0.0" },
                "Acme.Near/1.0.0": { "type": "package", "path": "acme.near/1.0.0" }
              },
              "packageFolders": { "{{Packages}}": {} },
              "project": {
                "restore": { "frameworks": { "net10.0": { "projectReferences": {} } } },
                "frameworks": { "net10.0": { "targetAlias": "net10.0", "dependencies": { {{direct}} }, "centralPackageVersions": { {{central}} } } }
              }
            }
            """;
    }
}
