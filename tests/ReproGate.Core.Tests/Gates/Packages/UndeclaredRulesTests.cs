using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Gates.Packages;

namespace ReproGate.Core.Tests.Gates.Packages;

public sealed class UndeclaredRulesTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetTempPath(), "repo"));
    private static readonly string Project = Path.Combine(Root, "App", "App.csproj");
    private static readonly string Code = Path.Combine(Root, "App", "Program.cs");
    private static readonly string Central = Path.Combine(Root, "Directory.Packages.props");

    [Fact]
    public void A_use_of_a_transitive_package_is_told_with_place_chain_and_mend()
    {
        Finding finding = Assert.Single(Transitive(Facts(Use("Far", UseKind.Called)), Dependencies()));

        Assert.Equal(new SourceLocation(Code, 7, 5), finding.Location);
        Assert.Contains("calls Far.Thing.Do", finding.What, StringComparison.Ordinal);
        Assert.Contains("Near 1.0.0 → Far 2.0.0", finding.What, StringComparison.Ordinal);
        Assert.Equal("Add <PackageReference Include=\"Far\" Version=\"2.0.0\" /> to App.csproj.", finding.Fix);
        Assert.Equal("Far", finding.Subject);
        TextEdit edit = Assert.Single(finding.Edits);
        Assert.Equal((Project, 5, 5, "<PackageReference Include=\"Far\" Version=\"2.0.0\" />\n    "), (edit.File, edit.StartLine, edit.StartColumn, edit.NewText));
    }

    [Fact]
    public void What_a_package_only_asks_for_is_not_said_to_be_in_it()
    {
        AssemblyDependencies project = Dependencies() with { Assemblies = [new("Far", "/framework/Far.dll", AssemblyOwner.Package, "Far.Package", "2.0.0") { IsFrameworkAssembly = true }] };

        Assert.Contains(
            "calls Far.Thing.Do, which is in the framework's Far, for which package Far.Package 2.0.0 asks, but does not declare that package:",
            Assert.Single(Transitive(Facts(Use("Far", UseKind.Called)), project)).What,
            StringComparison.Ordinal);
    }

    [Fact]
    public void With_nothing_of_its_kind_in_the_file_it_gets_a_group_and_beside_conditions_none()
    {
        Finding finding = Assert.Single(TransitivePackageUsed.Check(Facts(Use("Far", UseKind.Called)), Dependencies(), new Positions { Empty = true }, new Evidence()));
        Assert.Equal(new TextEdit(Project, 9, 1, 9, 1, "  <ItemGroup>\n    <PackageReference Include=\"Far\" Version=\"2.0.0\" />\n  </ItemGroup>\n"), Assert.Single(finding.Edits));

        Assert.Empty(Assert.Single(TransitivePackageUsed.Check(Facts(Use("Far", UseKind.Called)), Dependencies(), new Positions { Condition = "'$(Pack)' == 'true'" }, new Evidence())).Edits);
        // What another framework gets is told by its graph.
        Assert.Equal<TextEdit>(finding.Edits, Assert.Single(TransitivePackageUsed.Check(Facts(Use("Far", UseKind.Called)), Dependencies(), new Positions { Condition = "'$(TargetFramework)' == 'net472'" }, new Evidence())).Edits);
    }

    [Fact]
    public void A_mention_or_a_use_in_generated_code_or_of_the_framework_is_silent()
    {
        Assert.Empty(Transitive(Facts(Use("Far", UseKind.Mentioned)), Dependencies()));
        Assert.Empty(Transitive(Facts(Use("Far", UseKind.Called, generated: true)), Dependencies()));
        Assert.Empty(Transitive(Facts(Use("Far", UseKind.Called)), Dependencies() with
        {
            Assemblies = [new OwnedAssembly("Far", "/packs/Far.dll", AssemblyOwner.Framework, "", "")],
        }));
    }

    [Fact]
    public void A_declared_package_is_silent_whatever_the_case_of_its_id()
    {
        Assert.Empty(Transitive(Facts(Use("Far", UseKind.Called)), Dependencies() with { Packages = [new("near", Project), new("FAR", Project)] }));
    }

    /// <summary>As with extern aliases.</summary>
    [Theory]
    [InlineData(AssemblyOwner.Package, "Near", true)]
    [InlineData(AssemblyOwner.Package, "Other", false)]
    [InlineData(AssemblyOwner.Project, "/repo/Far/Far.csproj", true)]
    [InlineData(AssemblyOwner.TransitiveProject, "/repo/Far/Far.csproj", false)]
    [InlineData(AssemblyOwner.Framework, "", true)]
    [InlineData(AssemblyOwner.File, "", true)]
    public void Of_two_assemblies_of_one_name_a_declared_one_is_meant(AssemblyOwner owner, string id, bool silent)
    {
        OwnedAssembly namesake = new("far", "/else/Far.dll", owner, id, "1.0.0");
        foreach (bool first in (bool[])[false, true])
        {
            ImmutableArray<OwnedAssembly> known = Dependencies().Assemblies;
            AssemblyDependencies project = Dependencies() with { Assemblies = first ? [namesake, .. known] : [.. known, namesake] };
            Assert.Equal(silent, Transitive(Facts(Use("Far", UseKind.Called)), project).Count == 0);

            OwnedAssembly transitive = new("Far", "/repo/Middle/Far.dll", AssemblyOwner.TransitiveProject, "/repo/Middle/Far.csproj", "");
            AssemblyDependencies projects = project with { Assemblies = first ? [namesake, transitive] : [transitive, namesake] };
            Assert.Equal(silent, !TransitiveProjectUsed.Check(Facts(Use("Far", UseKind.Called)), projects, new Positions(), new Evidence()).Any());
        }
    }

    [Fact]
    public void A_type_that_a_declared_package_forwards_is_its_own()
    {
        Assert.Empty(Transitive(Facts(Use("Far", UseKind.Called)), Dependencies(), new Evidence { Forwarded = ("/packages/Near.dll", "Far.Thing") }));
    }

    [Fact]
    public void A_package_without_assemblies_stands_for_what_it_depends_on_and_a_known_umbrella_for_its_parts()
    {
        AssemblyDependencies project = Dependencies();
        Assert.Empty(Transitive(Facts(Use("Far", UseKind.Called)), project with { Graph = [Package("Near", "1.0.0", ["Far"], assemblies: false), Package("Far", "2.0.0")] }));
        Assert.Empty(Transitive(Facts(Use("Far", UseKind.Called)), project with { Graph = [Package("Near", "1.0.0", ["Middle"], assemblies: false), Package("Middle", "1.0.0", ["Far"], assemblies: false), Package("Far", "2.0.0")] }));
        Assert.NotEmpty(Transitive(Facts(Use("Far", UseKind.Called)), project with { Graph = [Package("Near", "1.0.0", ["Middle"], assemblies: false), Package("Middle", "1.0.0", ["Far"]), Package("Far", "2.0.0")] }));
        Assert.Empty(Transitive(Facts(Use("xunit.abstractions", UseKind.Called)), project with
        {
            Packages = [new("xunit", Project)],
            Assemblies = [new("xunit.abstractions", "/packages/x.dll", AssemblyOwner.Package, "xunit.abstractions", "2.0.3")],
            Graph = [Package("xunit", "2.9.3", ["xunit.core"], assemblies: false), Package("xunit.core", "2.9.3", ["xunit.extensibility.core"], assemblies: false), Package("xunit.extensibility.core", "2.9.3", ["xunit.abstractions"]), Package("xunit.abstractions", "2.0.3")],
        }));
    }

    [Fact]
    public void What_the_Razor_compiler_writes_around_markup_is_silent()
    {
        var use = new UsedAssembly("Microsoft.AspNetCore.Components", [new UsedType("Microsoft.AspNetCore.Components.BindConverter", [new TypeUse(UseKind.Called, "FormatValue", new SourceLocation("/repo/App/Index.razor", 9, 10), false)])]);
        Assert.Empty(Transitive(Facts(use), Dependencies() with { Assemblies = [new("Microsoft.AspNetCore.Components", "/packages/c.dll", AssemblyOwner.Package, "Microsoft.AspNetCore.Components", "10.0.0")] }));
    }

    [Theory]
    [InlineData("System.ValueTuple`2", UseKind.Accessed, "Item1")]
    // What the compiler writes where a tuple's elements have names, and around an async method.
    [InlineData("System.Runtime.CompilerServices.TupleElementNamesAttribute", UseKind.Attribute, "")]
    [InlineData("System.Runtime.CompilerServices.AsyncValueTaskMethodBuilder`1", UseKind.Called, "Create")]
    [InlineData("System.Runtime.CompilerServices.AsyncIteratorMethodBuilder", UseKind.Called, "MoveNext")]
    public void What_the_language_writes_by_itself_is_no_use_of_the_package_that_has_it_on_old_frameworks(string type, UseKind kind, string member)
    {
        var use = new UsedAssembly("System.ValueTuple", [new UsedType(type, [new TypeUse(kind, member, new SourceLocation(Code, 7, 5), false)])]);
        Assert.Empty(Transitive(Facts(use), Dependencies() with { Assemblies = [new("System.ValueTuple", "/packages/v.dll", AssemblyOwner.Package, "System.ValueTuple", "4.6.2")] }));
    }

    [Theory]
    [InlineData("System.Runtime.CompilerServices.Unsafe", "As")]
    [InlineData("Acme.MethodBuilder", "Build")]
    public void What_only_looks_like_the_languages_is_a_use(string type, string member)
    {
        var use = new UsedAssembly("Acme.Types", [new UsedType(type, [new TypeUse(UseKind.Called, member, new SourceLocation(Code, 7, 5), false)])]);
        Assert.Single(Transitive(Facts(use), Dependencies() with { Assemblies = [new("Acme.Types", "/packages/v.dll", AssemblyOwner.Package, "Acme.Types", "4.6.2")] }));
    }

    [Fact]
    public void Cyclic_graphs_end()
    {
        AssemblyDependencies project = Dependencies() with { Graph = [Package("Near", "1.0.0", ["Near", "Middle"], assemblies: false), Package("Middle", "1.0.0", ["Near", "Middle"], assemblies: false), Package("Far", "2.0.0")] };

        Assert.Contains("through something else", Assert.Single(Transitive(Facts(Use("Far", UseKind.Called)), project)).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "Add <PackageReference Include=\"Far\" /> to App.csproj and <PackageVersion Include=\"Far\" Version=\"2.0.0\" /> to Directory.Packages.props.", 2)]
    [InlineData("2.0.0", "Add <PackageReference Include=\"Far\" /> to App.csproj; its version is managed centrally already.", 1)]
    [InlineData("[2.0.0,)", "Add <PackageReference Include=\"Far\" /> to App.csproj; its version is managed centrally already.", 1)]
    [InlineData("[2.0, 3.0)", "Add <PackageReference Include=\"Far\" /> to App.csproj; its version is managed centrally already.", 1)]
    [InlineData("1.5.0", "Add <PackageReference Include=\"Far\" VersionOverride=\"2.0.0\" /> to App.csproj, or set the central version 1.5.0 to 2.0.0 and leave VersionOverride out.", 1)]
    public void The_mend_knows_central_versions(string? central, string fix, int edits)
    {
        ImmutableDictionary<string, string> versions = Dependencies().CentralPackages.Add("Near", "1.0.0");
        Finding finding = Assert.Single(Transitive(Facts(Use("Far", UseKind.Called)), Dependencies() with
        {
            CentralVersions = true,
            CentralFile = Central,
            CentralPackages = central is null ? versions : versions.Add("Far", central),
        }));

        Assert.Equal(fix, finding.Fix);
        Assert.Equal(edits, finding.Edits.Length);
    }

    [Theory]
    [InlineData("far", "2.0.0", "")]
    [InlineData("far", "1.0.0", " Condition=\"'$(TargetFramework)' == 'net10.0'\"")]
    [InlineData("other", "1.0.0", " Condition=\"'$(TargetFramework)' == 'net10.0'\"")]
    public void The_mend_is_conditional_where_another_framework_has_another_graph(string inOther, string version, string condition)
    {
        Finding finding = Assert.Single(Transitive(Facts(Use("Far", UseKind.Called)), Dependencies() with
        {
            TargetFrameworks = ["net10.0", "netstandard2.0"],
            OtherFrameworks = [new(Versions((inOther, version)), Versions())],
        }));

        Assert.Equal($"Add <PackageReference Include=\"Far\" Version=\"2.0.0\"{condition} /> to App.csproj.", finding.Fix);
        Assert.Equal("Far net10.0", finding.Subject);
    }

    /// <summary>The central version here is 2.0.0 or 3.0.0, the graph's 2.0.0; the other framework's graph and central version are the ones given.</summary>
    [Theory]
    // Each framework's own central version leads to what its graph holds already.
    [InlineData("2.0.0", "1.0.0", "1.0.0", "", "")]
    [InlineData("2.0.0", "2.0.0", "2.0.0", "", "")]
    [InlineData("2.0.0", "2.0.0", null, "", "")]
    // A bare line would lift the other framework from 2.0.0 to 3.0.0.
    [InlineData("2.0.0", "2.0.0", "3.0.0", " VersionOverride=\"2.0.0\"", "")]
    [InlineData("3.0.0", "2.0.0", "3.0.0", " VersionOverride=\"2.0.0\"", "")]
    [InlineData("3.0.0", "2.0.0", "2.0.0", " VersionOverride=\"2.0.0\"", "")]
    // … or from 1.0.0.
    [InlineData("2.0.0", "1.0.0", "3.0.0", "", " Condition=\"'$(TargetFramework)' == 'net10.0'\"")]
    [InlineData("3.0.0", "1.0.0", "1.0.0", " VersionOverride=\"2.0.0\"", " Condition=\"'$(TargetFramework)' == 'net10.0'\"")]
    // It has the package not at all.
    [InlineData("2.0.0", "", "2.0.0", "", " Condition=\"'$(TargetFramework)' == 'net10.0'\"")]
    public void The_mend_changes_no_framework_where_central_versions_depend_on_it(string central, string inOther, string? otherCentral, string version, string condition)
    {
        Finding finding = Assert.Single(Transitive(Facts(Use("Far", UseKind.Called)), Dependencies() with
        {
            TargetFrameworks = ["net10.0", "net8.0"],
            CentralVersions = true,
            CentralFile = Central,
            CentralPackages = Versions(("Far", central)),
            OtherFrameworks = [new(inOther.Length > 0 ? Versions(("far", inOther)) : Versions(), otherCentral is null ? Versions() : Versions(("FAR", otherCentral)))],
        }));

        Assert.StartsWith($"Add <PackageReference Include=\"Far\"{version}{condition} /> to App.csproj", finding.Fix, StringComparison.Ordinal);
        Assert.Equal(central == "2.0.0" && version.Length > 0, finding.Fix.EndsWith(": its central version is another one in other target frameworks.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("2.0.0", "1.0.0", " VersionOverride=\"1.0.0\"", "2.0.0")]
    [InlineData("1.0.0", "2.0.0", "", "2.0.0")]
    [InlineData("2.0.0-rc.1", "2.0.0", "", "2.0.0")]
    [InlineData("10.0.0", "9.0.0", " VersionOverride=\"9.0.0\"", "10.0.0")]
    public void Each_framework_proposes_the_same_central_version(string inOther, string here, string version, string central)
    {
        Finding finding = Assert.Single(Transitive(Facts(Use("Far", UseKind.Called)), Dependencies() with
        {
            TargetFrameworks = ["net10.0", "net8.0"],
            CentralVersions = true,
            CentralFile = Central,
            Assemblies = [new("Far", "/packages/Far.dll", AssemblyOwner.Package, "Far", here)],
            OtherFrameworks = [new(Versions(("Far", inOther)), Versions())],
        }));

        Assert.Equal($"Add <PackageReference Include=\"Far\"{version} Condition=\"'$(TargetFramework)' == 'net10.0'\" /> to App.csproj and <PackageVersion Include=\"Far\" Version=\"{central}\" /> to Directory.Packages.props.", finding.Fix);
    }

    [Fact]
    public void A_package_with_a_central_version_in_other_frameworks_only_gets_no_second_one()
    {
        Finding finding = Assert.Single(Transitive(Facts(Use("Far", UseKind.Called)), Dependencies() with
        {
            TargetFrameworks = ["net10.0", "net8.0"],
            CentralVersions = true,
            CentralFile = Central,
            OtherFrameworks = [new(Versions(("Far", "1.0.0")), Versions(("Far", "1.0.0")))],
        }));

        Assert.Equal("Add <PackageReference Include=\"Far\" VersionOverride=\"2.0.0\" Condition=\"'$(TargetFramework)' == 'net10.0'\" /> to App.csproj: it has a central version in other target frameworks only.", finding.Fix);
        Assert.Single(finding.Edits);
    }

    [Theory]
    [InlineData("2.0.0", "")]
    [InlineData("1.0.0", " Condition=\"'$(TargetFramework)' == 'net10.0'\"")]
    public void No_central_version_is_added_where_it_would_pin_the_package_in_other_projects(string inOther, string condition)
    {
        Finding finding = Assert.Single(Transitive(Facts(Use("Far", UseKind.Called)), Dependencies() with
        {
            TargetFrameworks = ["net10.0", "net8.0"],
            CentralVersions = true,
            PinsTransitively = true,
            CentralFile = Central,
            OtherFrameworks = [new(Versions(("Far", inOther)), Versions())],
        }));

        Assert.StartsWith($"Add <PackageReference Include=\"Far\" VersionOverride=\"2.0.0\"{condition} /> to App.csproj: a central version would pin it", finding.Fix, StringComparison.Ordinal);
        Assert.Single(finding.Edits);
    }

    /// <summary>What brings the package withholds its assemblies at run time; the other framework's graph has the same version.</summary>
    [Theory]
    [InlineData(null, null, "Version=\"2.0.0\" ExcludeAssets=\"runtime\"")]
    [InlineData(true, null, "Version=\"2.0.0\" ExcludeAssets=\"runtime\"")]
    [InlineData(false, null, "Version=\"2.0.0\" ExcludeAssets=\"runtime\" Condition=\"'$(TargetFramework)' == 'net10.0'\"")]
    [InlineData(null, "2.0.0", "ExcludeAssets=\"runtime\"")]
    [InlineData(true, "2.0.0", "ExcludeAssets=\"runtime\"")]
    [InlineData(false, "2.0.0", "ExcludeAssets=\"runtime\" Condition=\"'$(TargetFramework)' == 'net10.0'\"")]
    [InlineData(null, "3.0.0", "VersionOverride=\"2.0.0\" ExcludeAssets=\"runtime\"")]
    public void The_mend_brings_no_assemblies_that_were_withheld(bool? inOther, string? central, string attributes)
    {
        Finding finding = Assert.Single(Transitive(Facts(Use("Far", UseKind.Called)), Dependencies() with
        {
            Graph = [Package("Near", "1.0.0", ["Far"]), Package("Far", "2.0.0") with { CompileOnly = true }],
            CentralVersions = central is not null,
            CentralFile = Central,
            CentralPackages = central is null ? Versions() : Versions(("Far", central)),
            OtherFrameworks = inOther is null ? [] : [new(Versions(("far", "2.0.0")), Versions()) { CompileOnly = ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, inOther.Value ? "FAR" : "Near") }],
        }));

        Assert.StartsWith($"Add <PackageReference Include=\"Far\" {attributes} /> to App.csproj", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_framework_in_which_alone_they_are_withheld_gets_a_line_of_its_own()
    {
        Finding finding = Assert.Single(Transitive(Facts(Use("Far", UseKind.Called)), Dependencies() with { OtherFrameworks = [new(Versions(("far", "2.0.0")), Versions()) { CompileOnly = ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, "FAR") }] }));

        Assert.Equal("Add <PackageReference Include=\"Far\" Version=\"2.0.0\" Condition=\"'$(TargetFramework)' == 'net10.0'\" /> to App.csproj.", finding.Fix);
    }

    [Fact]
    public void One_finding_tells_of_a_package_with_several_assemblies_at_the_best_known_place()
    {
        AssemblyFacts facts = Facts(
            new UsedAssembly("Far.Part", [new UsedType("Far.Part.Base", [new TypeUse(UseKind.Inherited, "", null, false)])]),
            Use("Far", UseKind.Accessed));
        Finding finding = Assert.Single(Transitive(facts, Dependencies() with
        {
            Assemblies = [.. Dependencies().Assemblies, new OwnedAssembly("Far.Part", "/packages/Far.Part.dll", AssemblyOwner.Package, "Far", "2.0.0")],
        }));

        Assert.Equal(7, finding.Location.Line);
    }

    [Fact]
    public void Without_a_place_the_project_is_the_place()
    {
        AssemblyFacts facts = Facts(new UsedAssembly("Far", [new UsedType("Far.Thing", [new TypeUse(UseKind.Inherited, "", null, false)])]));

        Assert.Equal(new SourceLocation(Project), Assert.Single(Transitive(facts, Dependencies())).Location);
    }

    [Fact]
    public void A_transitive_project_is_told_and_a_referenced_one_is_not()
    {
        string far = Path.Combine(Root, "Far", "Far.csproj");
        AssemblyDependencies project = Dependencies() with { Assemblies = [new OwnedAssembly("Far", "/Far.dll", AssemblyOwner.TransitiveProject, far, "")] };
        Finding finding = Assert.Single(TransitiveProjectUsed.Check(Facts(Use("Far", UseKind.Called)), project, new Positions(), new Evidence()));

        Assert.Contains("<ProjectReference Include=\"../Far/Far.csproj\" />", finding.Fix, StringComparison.Ordinal);
        // As the file writes the others.
        finding = Assert.Single(TransitiveProjectUsed.Check(Facts(Use("Far", UseKind.Called)), project with { Projects = [Path.Combine(Root, "Near", "Near.csproj")] }, new Positions { Written = @"..\Near\Near.csproj" }, new Evidence()));
        Assert.Contains(@"<ProjectReference Include=""..\Far\Far.csproj"" />", Assert.Single(finding.Edits).NewText, StringComparison.Ordinal);
        Assert.Empty(TransitiveProjectUsed.Check(Facts(Use("Far", UseKind.Mentioned)), project, new Positions(), new Evidence()));
        Assert.Empty(TransitiveProjectUsed.Check(Facts(Use("Far", UseKind.Called)), project with { Assemblies = [project.Assemblies[0] with { Owner = AssemblyOwner.Project }] }, new Positions(), new Evidence()));
    }

    [Fact]
    public void A_package_of_which_nothing_occurs_is_unused()
    {
        Finding finding = Assert.Single(Unused(WithCode(), Idle()));

        Assert.Equal(("Idle", 5), (finding.Subject, finding.Location.Line));
        Assert.Equal(new TextEdit(Project, 5, 1, 6, 1, ""), Assert.Single(finding.Edits));
        // Under a condition another configuration may need it: a person decides.
        Assert.Empty(Assert.Single(UnusedPackage.Check(WithCode(), Idle(), new Positions { Condition = "'$(Configuration)' == 'Debug'" }, new Evidence())).Edits);
        // Without symbols no use has a line.
        Assert.Single(Unused(Facts(new UsedAssembly("System.Runtime", [new UsedType("System.Console", [new TypeUse(UseKind.Called, "Beep", null, false)])])) with { Symbols = SymbolState.Missing }, Idle()));
    }

    [Fact]
    public void Every_caution_about_unused_packages_is_silent()
    {
        AssemblyDependencies idle = Idle();
        DeclaredDependency declared = idle.Packages[0];
        DependencyNode node = idle.Graph[0];
        Assert.Empty(Unused(WithCode(Use("Idle", UseKind.Mentioned)), idle));
        Assert.Empty(Unused(WithCode(), idle with { Packages = [declared with { PrivateAssets = "all" }] }));
        Assert.Empty(Unused(WithCode(), idle with { Packages = [declared with { IncludeAssets = "runtime" }] }));
        Assert.Empty(Unused(WithCode(), idle with { Packages = [declared with { ExcludeAssets = "compile" }] }));
        Assert.Empty(Unused(WithCode(), idle with { Packages = [declared with { Implicit = true }] }));
        Assert.Empty(Unused(WithCode(), idle with { Packages = [declared with { GeneratesPath = true }] }));
        Assert.Empty(Unused(WithCode(), idle with { Packages = [declared with { DefiningFile = Path.Combine(Root, "Directory.Build.props") }] }));
        Assert.Empty(Unused(WithCode(), idle with { Graph = [node with { HasAssemblies = false }] }));
        Assert.Empty(Unused(WithCode(), idle with { Graph = [node with { ActsOnBuildOrRun = true }] }));
        Assert.Empty(Unused(WithCode(), idle with { Graph = [] }));
        Assert.Empty(Unused(WithCode(), idle with { Assemblies = [] }));
        Assert.Empty(Unused(WithCode(), idle with { TargetFrameworks = ["net10.0", "net8.0"] }));
        Assert.Empty(Unused(WithCode(), idle with { Graph = [node, Package("Other", "1.0.0", ["idle"])] }));
        Assert.Empty(Unused(WithCode(), idle with { Graph = [node with { Dependencies = ["Native"] }, Package("Native", "1.0.0") with { ActsOnBuildOrRun = true }] }));
        Assert.Empty(Unused(WithCode(Use("Child", UseKind.Called)), idle with { Graph = [node with { Dependencies = ["Child"] }, Package("Child", "1.0.0")], Assemblies = [.. idle.Assemblies, new OwnedAssembly("Child", "/Child.dll", AssemblyOwner.Package, "Child", "1.0.0")] }));
        Assert.Empty(Unused(WithCode() with { NamesInStrings = ["Idle.Thing, Idle"] }, idle));
        Assert.Empty(Unused(WithCode() with { Unread = ["a method of type X could not be read"] }, idle));
        Assert.Empty(Unused(WithCode(), idle, new Evidence { Named = true }));
    }

    [Fact]
    public void A_project_without_code_is_there_for_what_it_references()
    {
        Assert.Empty(Unused(Facts(), Idle()));
        Assert.Empty(Unused(Facts(Use("System.Runtime", UseKind.Mentioned), Use("System.Console", UseKind.Called, generated: true)), Idle()));
        // The compiler's own attribute types.
        Assert.Empty(Unused(Facts(new UsedAssembly("System.Runtime", [new UsedType("System.Attribute", [new TypeUse(UseKind.Inherited, "", null, false)])])), Idle()));
    }

    [Theory]
    [InlineData(UseKind.Inherited, 9, 0, true)]
    [InlineData(UseKind.Signature, 9, 4, true)]
    [InlineData(UseKind.Attribute, 9, 4, true)]
    [InlineData(UseKind.TypeArgument, 9, 0, true)]
    // Code has a line of its own, whatever the text says.
    [InlineData(UseKind.Called, 9, 4, false)]
    [InlineData(UseKind.Signature, 0, 4, false)]
    public void What_is_no_code_is_told_where_the_text_names_it(UseKind kind, int named, int known, bool byText)
    {
        AssemblyFacts facts = Facts(Use("Far", kind) with { Types = [new UsedType("Far.Thing", [new TypeUse(kind, "", new SourceLocation("/repo/App/C.cs", known, known), false)])] });
        Finding finding = Assert.Single(Transitive(facts, Dependencies(), new Evidence { NamedAt = named > 0 ? new SourceLocation("/repo/App/C.cs", named, 5) : null }));

        Assert.Equal(byText ? named : known, finding.Location.Line);
    }

    private static List<Finding> Transitive(AssemblyFacts facts, AssemblyDependencies project, Evidence? evidence = null) =>
        [.. TransitivePackageUsed.Check(facts, project, new Positions(), evidence ?? new Evidence())];

    private static List<Finding> Unused(AssemblyFacts facts, AssemblyDependencies project, Evidence? evidence = null) =>
        [.. UnusedPackage.Check(facts, project, new Positions(), evidence ?? new Evidence())];

    private static AssemblyFacts Facts(params UsedAssembly[] references) => new() { Name = "App", Mvid = Guid.Empty, References = [.. references] };

    private static AssemblyFacts WithCode(params UsedAssembly[] references) => Facts([Use("System.Runtime", UseKind.Called), .. references]);

    private static UsedAssembly Use(string assembly, UseKind kind, bool generated = false) =>
        new(assembly, [new UsedType($"{assembly}.Thing", [new TypeUse(kind, "Do", new SourceLocation(Code, 7, 5), generated)])]);

    private static ImmutableDictionary<string, string> Versions(params (string Id, string Version)[] versions) =>
        versions.ToImmutableDictionary(static version => version.Id, static version => version.Version, StringComparer.OrdinalIgnoreCase);

    private static DependencyNode Package(string id, string version, ImmutableArray<string>? dependencies = null, bool assemblies = true) =>
        new(id, version, true, dependencies ?? [], assemblies, false);

    private static AssemblyDependencies Dependencies() => new()
    {
        ProjectPath = Project,
        TargetFramework = "net10.0",
        Assemblies = [new("Near", "/packages/Near.dll", AssemblyOwner.Package, "Near", "1.0.0"), new("Far", "/packages/Far.dll", AssemblyOwner.Package, "Far", "2.0.0")],
        Packages = [new("Near", Project)],
        Graph = [Package("Near", "1.0.0", ["Far"]), Package("Far", "2.0.0")],
    };

    private static AssemblyDependencies Idle() => Dependencies() with
    {
        Assemblies = [new("Idle", "/packages/Idle.dll", AssemblyOwner.Package, "Idle", "1.0.0")],
        Packages = [new("Idle", Project)],
        Graph = [Package("Idle", "1.0.0")],
    };

    /// <summary>Every item stands at line 5, or nowhere.</summary>
    private sealed class Positions : IDeclarationPositions
    {
        public bool Empty { get; init; }

        public string Condition { get; init; } = "";

        public string Written { get; init; } = "";

        public DeclarationPosition Item(string file, string itemType, string include) => Empty ? new(new SourceLocation(file)) : new(new SourceLocation(file, 5, 5), Condition) { Written = Written };

        public DeclarationEnd? End(string file) => new(new SourceLocation(file, 9, 1), "  ");

        public TextEdit? Removal(DeclarationPosition position, string item) => new(position.Location.File, position.Location.Line, 1, position.Location.Line + 1, 1, "");

        public DeclarationPosition Property(string file, params ReadOnlySpan<string> names) => new(new SourceLocation(file));
    }

    private sealed class Evidence : IUseEvidence
    {
        public (string Forwarder, string Type) Forwarded { get; init; }

        public bool Named { get; init; }

        public SourceLocation? NamedAt { get; init; }

        public SourceLocation? Locate(SourceLocation documented) => documented;

        public SourceLocation? FindName(SourceLocation near, string type) => NamedAt;

        public bool Forwards(string forwarder, string type) => (forwarder, type) == Forwarded;

        public bool IsNamedInText(string id, IReadOnlyList<OwnedAssembly> assemblies) => Named;
    }
}
